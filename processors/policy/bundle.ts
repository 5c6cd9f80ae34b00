import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { formatBytes } from '../../schemas/byte-size.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { readBundleContent, type BundleContent } from './bundle-content.ts'
import { compileRego } from './rego-compiler.ts'
import { readTar } from './tar-archive.ts'

/** A policy as it lies on the disk: a module, its data, and where they are from. */
export interface PolicyBundle extends BundleContent {
  /** As the document names it. */
  readonly path: string
  /** `sha256:` and the digest of the file; of a folder, of its files with their paths. */
  readonly digest: string
}

const MAX_BYTES = PROCESSOR_LIMITS.policyBundleBytes.default
const MAX_FILES = PROCESSOR_LIMITS.policyBundleFiles.default
const GZIP_MAGIC = [0x1f, 0x8b]
const WASM_MAGIC = [0x00, 0x61, 0x73, 0x6d]

/**
 * Reads a policy: a bundle (`.tar.gz`), a `.wasm` module, a folder with an unpacked bundle, or Rego sources (a `.rego`
 * file, a folder of them), which are compiled with `opa`. Rejects with E_POLICY_…, the path in front.
 */
export async function readBundle(path: string, entrypoint: string, baseDir: string): Promise<PolicyBundle> {
  try {
    return { path, ...(await readAny(resolve(baseDir, path), entrypoint)) }
  } catch (thrown) {
    if (!(thrown instanceof StoplogError)) throw thrown
    throw new StoplogError(thrown.code, `${path}: ${thrown.message}`, { where: path, fix: thrown.fix, cause: thrown })
  }
}

type ReadBundle = Omit<PolicyBundle, 'path'>

async function readAny(path: string, entrypoint: string): Promise<ReadBundle> {
  const stats = await stat(path).catch(unreadable)
  if (stats.isDirectory()) return readFolder(path, entrypoint)
  if (path.endsWith('.rego')) return readArchive(await compileRego(path, entrypoint), entrypoint)
  if (stats.size > MAX_BYTES) tooLarge(stats.size)
  const bytes = await readFile(path).catch(unreadable)
  if (startsWith(bytes, GZIP_MAGIC)) return readArchive(bytes, entrypoint)
  if (startsWith(bytes, WASM_MAGIC)) {
    return { ...readBundleContent(new Map([['policy.wasm', bytes]]), entrypoint), digest: digestOf(bytes) }
  }
  throw new StoplogError('E_POLICY_BUNDLE', 'this is neither a bundle (.tar.gz) nor a .wasm module nor Rego (.rego)')
}

async function readArchive(bytes: Uint8Array, entrypoint: string): Promise<ReadBundle> {
  const files = readTar(await unpack(bytes))
  return { ...readBundleContent(files, entrypoint), digest: digestOf(bytes) }
}

async function unpack(bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES })
  } catch (cause) {
    if (cause instanceof RangeError) return tooLarge(bytes.length)
    throw new StoplogError('E_POLICY_BUNDLE', 'its compressed data is damaged', { cause })
  }
}

async function readFolder(folder: string, entrypoint: string): Promise<ReadBundle> {
  const paths = await filesIn(folder)
  if (!paths.includes('policy.wasm') && paths.some((path) => path.endsWith('.rego'))) {
    return readArchive(await compileRego(folder, entrypoint), entrypoint)
  }
  const files = new Map<string, Uint8Array>()
  const digest = createHash('sha256')
  let bytes = 0
  for (const path of paths) {
    const content = await readFile(join(folder, path)).catch(unreadable)
    bytes += content.length
    if (bytes > MAX_BYTES) tooLarge(bytes)
    files.set(path, content)
    digest.update(`${path}\0${content.length}\0`).update(content)
  }
  return { ...readBundleContent(files, entrypoint), digest: `sha256:${digest.digest('hex')}` }
}

/** Paths with `/`, sorted, of the files of a bundle or its sources. */
export async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(unreadable)
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((path) => /(^|\/)(policy\.wasm|\.manifest|data\.json|[^/]+\.rego)$/.test(path) || path.endsWith('.wasm'))
  if (paths.length > MAX_FILES) throw new StoplogError('E_POLICY_SIZE', `it holds more than ${MAX_FILES} files`)
  return paths.sort()
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte)
}

function tooLarge(bytes: number): never {
  const message = `it is larger than ${formatBytes(MAX_BYTES)} (${formatBytes(bytes)} on the disk)`
  throw new StoplogError('E_POLICY_SIZE', message)
}

function unreadable(cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
  const message = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
  throw new StoplogError('E_POLICY_BUNDLE', message, { cause })
}
