import { StoplogError } from '../../schemas/stoplog-error.ts'

interface SystemError extends Error {
  readonly code?: string
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'it does not exist',
  ENOTDIR: 'a part of its path is not a folder',
  EEXIST: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EROFS: 'the file system is read-only',
  EMFILE: 'this process has too many files open',
  ENFILE: 'this machine has too many files open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links go round in circles',
  EIO: 'the disk failed',
}

/** Passes without anyone changing anything. */
const PASSING = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'EBUSY', 'EINTR'])

export function systemCode(thrown: unknown): string | undefined {
  return thrown instanceof Error ? (thrown as SystemError).code : undefined
}

/** E_FILE_READ with the file and the reason. A StoplogError stays what it is. */
export function toReadError(thrown: unknown, path: string): StoplogError {
  return toFileError('E_FILE_READ', 'cannot be read', thrown, path)
}

/** E_FILE_WRITE, or E_DISK_FULL (retryable), with the file and the reason. A StoplogError stays what it is. */
export function toWriteError(thrown: unknown, path: string): StoplogError {
  const code = systemCode(thrown)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    const reason = code === 'ENOSPC' ? 'the disk is full' : 'the quota is used up'
    return new StoplogError('E_DISK_FULL', `${path} cannot grow: ${reason}`, {
      where: path,
      retryable: true,
      cause: thrown,
    })
  }
  return toFileError('E_FILE_WRITE', 'cannot be written', thrown, path)
}

function toFileError(code: 'E_FILE_READ' | 'E_FILE_WRITE', what: string, thrown: unknown, path: string): StoplogError {
  if (thrown instanceof StoplogError) return thrown
  const system = systemCode(thrown) ?? ''
  const reason = REASONS[system] ?? (thrown instanceof Error ? thrown.message : String(thrown))
  return new StoplogError(code, `${path} ${what}: ${reason}`, {
    where: path,
    retryable: PASSING.has(system),
    cause: thrown,
  })
}
