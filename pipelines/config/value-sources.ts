import { resolve } from 'node:path'
import { nearestName } from '../../schemas/nearest-name.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { Reference } from './references.ts'

/** The world around a document, as far as its `${…}` may look at it. */
export interface ValueSources {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Given on the command line; they win over the document's own. */
  readonly vars: Readonly<Record<string, string>>
  /** Rejects when there is no such file. */
  readonly readFile: (path: string) => Promise<Uint8Array>
  /** The folder of the document: paths are relative to it. */
  readonly baseDir: string
}

/** What a reference refers to. */
export interface FoundValue {
  readonly text: string
  readonly isDefault: boolean
}

/** Why a reference refers to nothing. */
export interface MissingValue {
  readonly code: 'E_ENV_MISSING' | 'E_FILE_MISSING' | 'E_VAR_MISSING'
  readonly message: string
  readonly fix?: string
}

export function findEnv({ name, fallback }: Reference, { env }: ValueSources): FoundValue | MissingValue {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value !== undefined && (value !== '' || fallback === undefined)) return { text: value, isDefault: false }
  if (fallback !== undefined) return { text: fallback, isDefault: true }
  return {
    code: 'E_ENV_MISSING',
    message: `the environment variable ${name} is not set`,
    fix: `set it, or give a default: \${env:${name}:-default}`,
  }
}

/** What is said of a variable that is none of the known ones. */
export function missingVar(name: string, known: Iterable<string>): MissingValue {
  const near = nearestName(name, known)
  return {
    code: 'E_VAR_MISSING',
    message: `the variable ${name} has no value`,
    fix:
      near === undefined
        ? `add it under \`vars:\`, or give it on the command line: --var ${name}=value`
        : `did you mean \${var:${near}}?`,
  }
}

/** The text of a file, without one line break at its end. */
export async function findFile(name: string, { readFile, baseDir }: ValueSources): Promise<FoundValue | MissingValue> {
  const limit = PIPELINE_LIMITS.interpolatedFileBytes.default
  try {
    const bytes = await readFile(resolve(baseDir, name))
    if (bytes.byteLength > limit) return missingFile(name, `it is larger than ${limit} bytes`)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return { text: text.replace(/\r?\n$/, ''), isDefault: false }
  } catch (error) {
    return missingFile(name, reasonOf(error))
  }
}

/** Why a file could not be read, without its absolute path. */
export function reasonOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'no right to read it'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text'
  return error instanceof Error ? error.message : String(error)
}

function missingFile(name: string, reason: string): MissingValue {
  return { code: 'E_FILE_MISSING', message: `the file ${name} cannot be read: ${reason}` }
}
