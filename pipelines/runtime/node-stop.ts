import type { StoplogError } from '../../schemas/stoplog-error.ts'

/** Thrown inside a node that must not go on: it keeps its place, says why, and nobody else is stopped by it. */
export class NodeStop extends Error {
  override readonly name = 'NodeStop'
  readonly reason: StoplogError

  constructor(reason: StoplogError) {
    super(reason.message, { cause: reason })
    this.reason = reason
  }
}
