/** Why bytes are not a valid message. The names appear in the broker's log and in its metrics. */
export type ProtocolErrorReason =
  | 'truncated'
  | 'bad-length'
  | 'bad-varint'
  | 'bad-value'
  | 'trailing-bytes'
  | 'frame-too-large'
  | 'unknown-api'
  | 'unsupported-version'
  | 'bad-batch'
  | 'bad-compression'

/** Bytes from outside that do not follow the protocol. Never thrown for anything else. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly reason: ProtocolErrorReason

  constructor(reason: ProtocolErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
