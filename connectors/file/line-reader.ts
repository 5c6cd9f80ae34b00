import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { FailedInput, NewEvent } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { SourceBatch } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { toContentId } from './content-id.ts'
import type { LinePosition } from './file-position.ts'
import { LineChain } from './line-chain.ts'

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

export interface LineReaderOptions {
  readonly path: string
  readonly maxLineBytes: number
  /** CloudEvents type of the events. */
  readonly type: string
  readonly signal: AbortSignal
  /** Whether more may be appended to a last line that has no line end. */
  mayGrow(): Promise<boolean>
}

export interface LinesRead {
  /** The last line has no line end yet and was left for later. */
  readonly unfinished: boolean
  readonly emptyLines: number
}

/**
 * Reads lines as unparsed events. Memory: one chunk and one line at most.
 *
 * The id of a line is the digest of all lines up to it (see LineChain), and its number: it never changes when the file
 * grows, whatever moments it is read at, and two lines share one only if all that stands before them is the same.
 */
export class LineReader {
  readonly #file: FileHandle
  readonly #options: LineReaderOptions
  readonly #chain = new LineChain()
  /** Holds `#bytes`, and is used again: events are views of it. All are handed over before it is written to. */
  #buffer: Buffer = Buffer.alloc(0)
  /** Bytes of the file from `#offset` on. */
  #bytes: Buffer = Buffer.alloc(0)
  #offset = 0
  /** Start of the line that is looked at. */
  #lineStart = 0
  /** No line end stands between `#lineStart` and here. */
  #searched = 0
  /** Whole lines before here are known to be UTF-8. */
  #textUpTo = 0
  #items = 0
  /** Where the last line ends that was taken in, and how long it is. */
  #settledUpTo = 0
  #lastLength = 0
  #events: NewEvent[] = []
  #failed: FailedInput[] = []
  #emptyLines = 0

  constructor(file: FileHandle, options: LineReaderOptions) {
    this.#file = file
    this.#options = options
  }

  /**
   * Passes over everything up to a position, so that `batches` goes on behind it. False when the file no longer begins
   * with what was read then; the reader is of no use any more. A last line that had no line end and was continued since
   * is read again from its start.
   */
  async resume(position: LinePosition): Promise<boolean> {
    for (;;) {
      this.#options.signal.throwIfAborted()
      const more = await this.#refill()
      for (;;) {
        const lineEnd = this.#bytes.indexOf(LINE_FEED, this.#searched)
        if (lineEnd < 0 && more && this.#bytes.length - this.#lineStart <= this.#options.maxLineBytes) break
        const end = lineEnd < 0 ? this.#bytes.length : lineEnd
        const isReached = this.#offset + end >= position.bytes
        if (isReached) return this.#matches(position, end)
        if (lineEnd < 0) return false
        const from = this.#textStart(this.#lineStart)
        const to = this.#textEnd(this.#lineStart, end)
        if (!this.#isBlank(from, to)) {
          this.#chain.add(this.#bytes.subarray(from, to))
          this.#items += 1
        }
        this.#lineStart = end + 1
        this.#searched = end + 1
      }
      this.#searched = this.#bytes.length
    }
  }

  /** Compares the line that a position ends in with what it was, and takes it when it is whole. */
  #matches({ digest, bytes, line, items }: LinePosition, end: number): boolean {
    const from = this.#textStart(this.#lineStart)
    const to = this.#textEnd(this.#lineStart, end)
    const until = bytes - this.#offset
    if (until - line !== from || until > to || this.#items + 1 !== items) return false
    if (this.#chain.after(this.#bytes.subarray(from, until)) !== digest) return false
    if (until < to) return true
    this.#chain.add(this.#bytes.subarray(from, until))
    this.#items = items
    this.#lineStart = Math.min(end + 1, this.#bytes.length)
    this.#searched = this.#lineStart
    return true
  }

  async *batches(): AsyncGenerator<SourceBatch, LinesRead> {
    for (;;) {
      this.#options.signal.throwIfAborted()
      const more = await this.#refill()
      while (this.#takeLine()) {
        if (this.#events.length + this.#failed.length >= CONNECTOR_LIMITS.maxSourceBatchEvents.default) {
          yield* this.#flush()
        }
      }
      if (!more) break
      if (this.#bytes.length - this.#lineStart > this.#options.maxLineBytes) {
        yield* this.#flush()
        if (!(await this.#skipLine())) return { unfinished: true, emptyLines: this.#emptyLines }
      }
      yield* this.#flush()
    }
    const unfinished = !this.#isBlank(this.#lineStart, this.#bytes.length) && (await this.#options.mayGrow())
    if (!unfinished) this.#line(this.#lineStart, this.#bytes.length)
    yield* this.#flush()
    return { unfinished, emptyLines: this.#emptyLines }
  }

  *#flush(): Generator<SourceBatch> {
    if (this.#events.length + this.#failed.length === 0) return
    const position: LinePosition = {
      format: 'ndjson',
      digest: this.#chain.digest,
      bytes: this.#settledUpTo,
      line: this.#lastLength,
      items: this.#items,
    }
    const batch = { events: this.#events, failed: this.#failed, position }
    this.#events = []
    this.#failed = []
    yield batch
  }

  /** Reads the next chunk behind what is left of the last one; false at the end of the file. */
  async #refill(): Promise<boolean> {
    const rest = this.#bytes.subarray(this.#lineStart)
    const length = rest.length + CONNECTOR_LIMITS.readChunkBytes.default
    const bytes = this.#buffer.length < length ? Buffer.allocUnsafeSlow(length) : this.#buffer
    this.#buffer = bytes
    rest.copy(bytes)
    this.#offset += this.#lineStart
    const wanted = bytes.length - rest.length
    const { bytesRead } = await this.#file.read(bytes, rest.length, wanted, this.#offset + rest.length)
    this.#bytes = bytes.subarray(0, rest.length + bytesRead)
    this.#searched -= this.#lineStart
    this.#lineStart = 0
    const wholeLines = this.#bytes.lastIndexOf(LINE_FEED) + 1
    this.#textUpTo = isUtf8(this.#bytes.subarray(0, wholeLines)) ? wholeLines : 0
    return bytesRead > 0
  }

  #takeLine(): boolean {
    const end = this.#bytes.indexOf(LINE_FEED, this.#searched)
    if (end < 0) {
      this.#searched = this.#bytes.length
      return false
    }
    this.#line(this.#lineStart, end)
    this.#lineStart = end + 1
    this.#searched = end + 1
    return true
  }

  /** Takes in the line between two indexes, its line end not included. */
  #line(start: number, lineEnd: number): void {
    const from = this.#textStart(start)
    const end = this.#textEnd(start, lineEnd)
    if (this.#isBlank(from, end)) {
      if (end < this.#bytes.length) this.#emptyLines += 1
      return
    }
    const value = this.#bytes.subarray(from, end)
    const id = this.#settle(this.#chain.add(value), this.#offset + end, end - from)
    if (value.length > this.#options.maxLineBytes) this.#fail(id, this.#tooLong(value.length), value)
    else if (end > this.#textUpTo && !isUtf8(value)) this.#fail(id, this.#notText(), value)
    else this.#events.push({ value, id, type: this.#options.type, subject: this.#options.path })
  }

  /** Where the text of a line begins, which is behind a byte order mark. */
  #textStart(start: number): number {
    return this.#offset === 0 && start === 0 && this.#hasByteOrderMark() ? BYTE_ORDER_MARK.length : start
  }

  /** Where the text of a line ends, which is before a carriage return. */
  #textEnd(start: number, lineEnd: number): number {
    return lineEnd > start && this.#bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd
  }

  /** Counts a line that ends at a file offset, which the position says from now on, and gives its id. */
  #settle(digest: string, endOffset: number, length: number): string {
    this.#items += 1
    this.#settledUpTo = endOffset
    this.#lastLength = length
    return toContentId(digest, this.#items)
  }

  /**
   * Passes over a line that is longer than the limit, keeping its beginning, length and hash. False when the file ends
   * in it and it may still grow. A carriage return at its end counts as part of it.
   */
  async #skipLine(): Promise<boolean> {
    const start = this.#bytes.subarray(this.#lineStart)
    const chained = this.#chain.beginLong().update(start)
    const lineHash = createHash('sha256').update(start)
    const kept = Buffer.from(start.subarray(0, CONNECTOR_LIMITS.maxFailedInputBytes.default))
    let length = start.length
    let offset = this.#offset + this.#bytes.length
    for (;;) {
      this.#options.signal.throwIfAborted()
      const chunk = Buffer.allocUnsafe(CONNECTOR_LIMITS.readChunkBytes.default)
      const { bytesRead } = await this.#file.read(chunk, 0, chunk.length, offset)
      if (bytesRead === 0 && (await this.#options.mayGrow())) return false
      const bytes = chunk.subarray(0, bytesRead)
      const lineEnd = bytes.indexOf(LINE_FEED)
      const ofLine = lineEnd < 0 ? bytes : bytes.subarray(0, lineEnd)
      chained.update(ofLine)
      lineHash.update(ofLine)
      length += ofLine.length
      if (lineEnd >= 0 || bytesRead === 0) {
        const id = this.#settle(this.#chain.addLong(chained), offset + ofLine.length, length)
        this.#fail(id, this.#tooLong(length), kept, { length, sha256: lineHash.digest('hex') })
        this.#continueAt(bytes, offset, ofLine.length)
        return true
      }
      offset += bytesRead
    }
  }

  /** Goes on in `bytes`, of which all before `at` is settled and a line end stands there. */
  #continueAt(bytes: Buffer, offset: number, at: number): void {
    this.#bytes = bytes
    this.#offset = offset
    this.#lineStart = Math.min(at + 1, bytes.length)
    this.#searched = this.#lineStart
    this.#textUpTo = 0
  }

  #fail(id: string, error: StoplogError, bytes: Uint8Array, cut?: FailedInput['cut']): void {
    this.#failed.push({ error, bytes, origin: this.#origin(), id, ...(cut === undefined ? {} : { cut }) })
  }

  #tooLong(length: number): StoplogError {
    const { maxLineBytes } = this.#options
    const message = `${this.#origin()} has ${length} bytes, more than \`max_line\` allows (${maxLineBytes})`
    return new StoplogError('E_INPUT_TOO_LARGE', message, { where: this.#origin() })
  }

  #notText(): StoplogError {
    return new StoplogError('E_INPUT_BINARY', `${this.#origin()} is not UTF-8 text`, { where: this.#origin() })
  }

  #origin(): string {
    return `${this.#options.path} item ${this.#items}`
  }

  #hasByteOrderMark(): boolean {
    return BYTE_ORDER_MARK.every((byte, index) => this.#bytes[index] === byte)
  }

  #isBlank(start: number, end: number): boolean {
    for (let at = start; at < end; at += 1) {
      const byte = this.#bytes[at]
      if (byte !== 0x20 && byte !== 0x09 && byte !== CARRIAGE_RETURN) return false
    }
    return true
  }
}
