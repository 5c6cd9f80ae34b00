import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'

const LOCK_FILE = 'lock'

/** Who holds a data directory. Other commands find the broker by it. */
export interface LockOwner {
  readonly host: string
  readonly bootId: string
  readonly pid: number
  /** When the process began, as the system says; tells a process from a later one with the same id. */
  readonly startedAt: string
  /** `host:port` of the broker; null until it listens. */
  readonly address: string | null
}

/** The right to write to a data directory. One process has it at a time. */
export class DirectoryLock {
  readonly #path: string
  #owner: LockOwner

  private constructor(path: string, owner: LockOwner) {
    this.#path = path
    this.#owner = owner
  }

  /**
   * Takes the lock, which is a file that is created exclusively. A lock is taken over, by renaming, only where its
   * process is certain to be gone: it ran on this machine since its last start, and is not there any more. Otherwise
   * rejects with E_DATA_DIR_IN_USE.
   */
  static async acquire(folder: string): Promise<DirectoryLock> {
    await mkdir(folder, { recursive: true })
    const path = join(folder, LOCK_FILE)
    const owner = thisProcess()
    const prepared = `${path}.${owner.pid}`
    await writeWhole(prepared, owner)
    try {
      if (await linkIfFree(prepared, path)) return new DirectoryLock(path, owner)
      const holder = await readLock(folder)
      if (holder !== null && isAlive(holder)) throw inUse(folder, holder)
      await takeOver(path, prepared, holder)
      return new DirectoryLock(path, owner)
    } finally {
      await rm(prepared, { force: true })
    }
  }

  /** Tells others where the broker listens. */
  async announce(address: string): Promise<void> {
    this.#owner = { ...this.#owner, address }
    await writeWhole(`${this.#path}.new`, this.#owner)
    await rename(`${this.#path}.new`, this.#path)
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** Who holds the directory, or null when nobody does. The process may be gone: see `isAlive`. */
export async function readLock(folder: string): Promise<LockOwner | null> {
  const text = await readFile(join(folder, LOCK_FILE), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const owner = JSON.parse(text) as LockOwner
    return typeof owner.pid === 'number' ? owner : null
  } catch {
    return null
  }
}

/** False only when it is certain that the process is gone. */
export function isAlive(owner: LockOwner): boolean {
  if (owner.host !== hostname()) return true
  // A machine that has started again since runs none of its old processes.
  if (owner.bootId !== bootId()) return false
  return processStart(owner.pid) === owner.startedAt
}

/** Only one of several that try gets through: the old file is renamed away, and a name can be renamed once. */
async function takeOver(path: string, prepared: string, stale: LockOwner | null): Promise<void> {
  const aside = `${path}.stale-${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'utf8').catch(() => null)
  const isStale = moved === null || stale === null || moved === JSON.stringify(stale)
  // Somebody was faster and the file that was moved is theirs: put it back.
  if (!isStale) await linkIfFree(aside, path)
  await rm(aside, { force: true })
  if (!isStale || !(await linkIfFree(prepared, path))) {
    throw new StoplogError('E_DATA_DIR_IN_USE', 'another process has just taken the data directory', { where: path })
  }
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function writeWhole(path: string, owner: LockOwner): Promise<void> {
  const handle = await open(path, 'w')
  try {
    await handle.writeFile(JSON.stringify(owner))
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function inUse(folder: string, holder: LockOwner): StoplogError {
  const isHere = holder.host === hostname()
  const who = `process ${holder.pid} on ${holder.host}${holder.address === null ? '' : `, broker at ${holder.address}`}`
  return new StoplogError('E_DATA_DIR_IN_USE', `${folder} is in use by ${who}`, {
    where: folder,
    ...(isHere ? {} : { fix: `if that machine is gone for good, delete ${join(folder, LOCK_FILE)}` }),
  })
}

function thisProcess(): LockOwner {
  const startedAt = processStart(process.pid) ?? ''
  return { host: hostname(), bootId: bootId(), pid: process.pid, startedAt, address: null }
}

/** Changes with every start of the machine; empty where the system does not tell. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** Null when there is no such process. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold anything; the start time is the 20th field behind it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return process.platform === 'linux' ? null : processStartByPs(pid)
  }
}

function processStartByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null
  } catch {
    return null
  }
}
