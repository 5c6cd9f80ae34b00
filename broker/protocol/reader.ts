import { PROTOCOL_LIMITS } from './limits.ts'
import { ProtocolError } from './protocol-error.ts'

const TWO_32 = 0x1_0000_0000

/** The largest int64 that a number can be; what is larger on the wire reads as this. */
export const MAX_INT64 = 2 ** 63 - 1024

/**
 * Reads Kafka's primitive types from a buffer, front to back. Every read is checked against the end; byte strings are
 * views into the buffer, not copies. Throws ProtocolError and nothing else.
 */
export class Reader {
  readonly buffer: Buffer
  position: number
  readonly end: number
  readonly #maxElements: number
  #elements = 0

  constructor(
    buffer: Buffer,
    position = 0,
    end = buffer.length,
    maxElements: number = PROTOCOL_LIMITS.maxElements.default,
  ) {
    this.buffer = buffer
    this.position = position
    this.end = end
    this.#maxElements = maxElements
  }

  get remaining(): number {
    return this.end - this.position
  }

  /** Moves past `size` bytes and returns where they began. */
  take(size: number): number {
    const at = this.position
    if (size < 0 || size > this.end - at) {
      throw new ProtocolError('truncated', `${size} bytes wanted at ${at}, ${this.end - at} left`)
    }
    this.position = at + size
    return at
  }

  /** Checks an announced number of elements before anything is allocated for them. */
  expectElements(count: number, minBytes: number, isCounted: boolean): void {
    if (count * minBytes > this.remaining) {
      throw new ProtocolError('bad-length', `${count} elements announced, ${this.remaining} bytes left`)
    }
    if (isCounted) this.#elements += count
    if (this.#elements > this.#maxElements) {
      throw new ProtocolError('bad-length', `more than ${this.#maxElements} elements in one message`)
    }
  }

  boolean(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.buffer.readInt8(this.take(1))
  }

  int16(): number {
    return this.buffer.readInt16BE(this.take(2))
  }

  int32(): number {
    return this.buffer.readInt32BE(this.take(4))
  }

  /** As a number: exact to 2^53, rounded beyond, where no offset, time or producer id of a real log lies. */
  int64(): number {
    const at = this.take(8)
    const value = this.buffer.readInt32BE(at) * TWO_32 + this.buffer.readUInt32BE(at + 4)
    return value > MAX_INT64 ? MAX_INT64 : value
  }

  /** 16 bytes as 32 hexadecimal digits with dashes. */
  uuid(): string {
    const at = this.take(16)
    const hex = this.buffer.toString('hex', at, at + 16)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.buffer.readUInt8(this.take(1))
      value += shift < 28 ? (byte & 0x7f) << shift : (byte & 0x7f) * 0x1000_0000
      if (byte < 0x80) {
        if (value >= TWO_32) break
        return value
      }
    }
    throw new ProtocolError('bad-varint', `unsigned varint before ${this.position} does not fit 32 bits`)
  }

  bytes(size: number): Buffer {
    const at = this.take(size)
    return this.buffer.subarray(at, at + size)
  }

  text(size: number): string {
    const at = this.take(size)
    return this.buffer.toString('utf8', at, at + size)
  }
}
