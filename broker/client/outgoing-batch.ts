import type { BatchIdentity, Compression } from '../protocol/record-batch.ts'
import { type EncodedHeaders, RecordBatchBuilder } from '../protocol/record-batch-builder.ts'

/** A record on its way to a topic. Texts are written as UTF-8. */
export interface OutgoingRecord {
  readonly timestamp: number
  readonly key: Uint8Array | string | null
  readonly value: Uint8Array | string | null
  /** As `encodeHeaders` makes them. */
  readonly headers: EncodedHeaders
  /** The text of the last header, where `headers` reach up to its size only. */
  readonly headersEnd?: string
}

/** A record whose headers are whole. */
export interface EncodedRecord extends OutgoingRecord {
  readonly headersEnd?: never
}

/** Records of one partition that are sent, answered and tried again together. */
export class OutgoingBatch {
  readonly #builder: RecordBatchBuilder
  /** Settled by the broker's answer. */
  readonly delivered: Promise<void>
  resolve: () => void = () => undefined
  reject: (error: Error) => void = () => undefined
  attempts = 0
  #bytes: Buffer | null = null
  #identity: BatchIdentity | null = null

  /** See RecordBatchBuilder. */
  constructor(initial: number | Buffer) {
    this.#builder = new RecordBatchBuilder(initial)
    this.delivered = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Whoever appended may wait for this promise or for `flush`; a failure reaches the latter in any case.
    this.delivered.catch(() => undefined)
  }

  get count(): number {
    return this.#builder.count
  }

  /** Without compression. */
  get sizeBytes(): number {
    return this.#builder.sizeBytes
  }

  /** What it takes in memory; free for others once it is delivered. */
  get memory(): Buffer {
    return this.#builder.memory
  }

  append({ timestamp, key, value, headers, headersEnd }: OutgoingRecord): void {
    this.#builder.append(timestamp, key, value, headers, headersEnd)
  }

  /** The bytes to send; the same ones on every attempt, unless the producer had to take another identity. */
  encode(compression: Compression, identity: BatchIdentity): Buffer {
    if (this.#bytes === null || this.#identity !== identity) {
      this.#bytes = this.#builder.finish(compression, identity)
      this.#identity = identity
    }
    return this.#bytes
  }

  /** What it was sent with, if it was sent. */
  get identity(): BatchIdentity | null {
    return this.#identity
  }
}
