/** A record as a client has read it, or is to send it. Bytes are in base64, so that records can be compared and printed. */
export interface PeerRecord {
  readonly key: string | null
  readonly value: string | null
  readonly headers: readonly (readonly [name: string, value: string | null])[]
  /** Milliseconds. */
  readonly timestamp: number
}

/** With the place at which it was read. */
export interface PlacedRecord extends PeerRecord {
  readonly partition: number
  readonly offset: number
}
