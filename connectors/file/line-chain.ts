import { createHash, hash, type Hash } from 'node:crypto'

const DIGEST_LENGTH = 64

/**
 * The digest of all lines up to one: SHA-256 of the digest before and of the line. It says what the SHA-256 of the
 * whole text up to there would say, and takes half as long where every line needs one.
 */
export class LineChain {
  #digest: string
  #scratch = Buffer.allocUnsafe(4_096)

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
    if (length > this.#scratch.length) this.#scratch = Buffer.allocUnsafe(length * 2)
    this.#scratch.write(this.#digest, 0, DIGEST_LENGTH, 'latin1')
    this.#scratch.set(line, start)
    return hash('sha256', this.#scratch.subarray(0, length), 'hex')
  }

  /** For a line that is too long to be held: takes its parts; `addLong` adds it. */
  beginLong(): Hash {
    return createHash('sha256').update(this.#digest, 'latin1')
  }

  addLong(parts: Hash): string {
    this.#digest = parts.digest('hex')
    return this.#digest
  }
}
