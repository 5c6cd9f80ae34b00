import { createHash, hash, type Hash } from 'node:crypto'

const DIGEST_LENGTH = 64

/** Most lines with the digest before them fit in here. Used by one call at a time. */
const SHORT = Buffer.allocUnsafeSlow(4_096)
/** Its beginnings by their lengths, each made when it is first needed: to make one for each line costs more. */
const BEGINNINGS = Array.from<Uint8Array | undefined>({ length: SHORT.length + 1 })

/**
 * The digest of all lines up to one: SHA-256 of the digest before and of the line. It says what the SHA-256 of the
 * whole text up to there would say, and takes half as long where every line needs one.
 */
export class LineChain {
  #digest: string
  #long = Buffer.alloc(0)

  /** Begins with the empty text, or where a digest was left. */
  constructor(digest = '') {
    this.#digest = digest
  }

  /** Of the last line that was added. */
  get digest(): string {
    return this.#digest
  }

  /** Adds a line; returns its digest. */
  add(line: Uint8Array): string {
    this.#digest = this.after(line)
    return this.#digest
  }

  /** What `add` would return. */
  after(line: Uint8Array): string {
    const start = this.#digest.length
    const length = start + line.length
    const memory = length > SHORT.length ? this.#longOf(length) : SHORT
    memory.write(this.#digest, 0, DIGEST_LENGTH, 'latin1')
    memory.set(line, start)
    return hash('sha256', memory === SHORT ? beginningOf(length) : memory.subarray(0, length), 'hex')
  }

  /** For a line that is too long to be held: takes its parts; `addLong` adds it. */
  beginLong(): Hash {
    return createHash('sha256').update(this.#digest, 'latin1')
  }

  addLong(parts: Hash): string {
    this.#digest = parts.digest('hex')
    return this.#digest
  }

  #longOf(length: number): Buffer {
    if (length > this.#long.length) this.#long = Buffer.allocUnsafeSlow(length * 2)
    return this.#long
  }
}

function beginningOf(length: number): Uint8Array {
  return (BEGINNINGS[length] ??= new Uint8Array(SHORT.buffer, 0, length))
}
