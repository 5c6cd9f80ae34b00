import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'

const BLOCK_BYTES = 512
const MAX_FILES = PROCESSOR_LIMITS.policyBundleFiles.default

/**
 * The regular files of a tar archive by path, without a leading `/` or `./`. Reads the ustar format with the long names
 * of GNU and pax; everything else in it is passed over. Nothing is written anywhere, so a path can do no harm.
 * Throws E_POLICY_BUNDLE for anything that is no such archive.
 */
export function readTar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength)
  const files = new Map<string, Uint8Array>()
  let longName: string | undefined
  for (let at = 0; at + BLOCK_BYTES <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK_BYTES)
    if (header[0] === 0) break
    const size = sizeOf(header)
    const start = at + BLOCK_BYTES
    if (start + size > bytes.length) fail('it ends in the middle of a file')
    const content = bytes.subarray(start, start + size)
    const kind = String.fromCharCode(header[156] ?? 0)
    if (kind === 'L') longName = textOf(content)
    else if (kind === 'x') longName = paxPath(content) ?? longName
    else {
      if (kind === '0' || kind === '\0') files.set(normalPath(longName ?? nameOf(header)), content)
      longName = undefined
    }
    if (files.size > MAX_FILES) fail(`it holds more than ${MAX_FILES} files`)
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES
  }
  return files
}

function sizeOf(header: Buffer): number {
  const checksum = Number.parseInt(textOf(header.subarray(148, 156)), 8)
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0)
  const size = Number.parseInt(textOf(header.subarray(124, 136)), 8)
  if (checksum !== sum || !Number.isSafeInteger(size) || size < 0) fail('it is not a tar archive')
  return size
}

function nameOf(header: Buffer): string {
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header.subarray(345, 500)) : ''
  const name = textOf(header.subarray(0, 100))
  return prefix === '' ? name : `${prefix}/${name}`
}

/** Records of `<length> <key>=<value>\n`. */
function paxPath(content: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString())?.[1]
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? field.length : end).trim()
}

function normalPath(path: string): string {
  return path.replace(/^(\.?\/)+/, '')
}

function fail(reason: string): never {
  throw new StoplogError('E_POLICY_BUNDLE', reason)
}
