import type { ErrorCode } from '../../schemas/error-codes.ts'
import type { Json } from '../../schemas/json.ts'

export interface PolicyInput {
  /** What Rego sees as `input`: JSON text in UTF-8. `null`, `0`, `false` and `""` are inputs like any other. */
  readonly bytes: Uint8Array
  /** What Rego sees as now, ms since the epoch: the time of the event, so that a replay decides the same. */
  readonly timeMs: number
}

/** Why a policy has no result for an input: the input's own fault or the policy's, and the same on every replay. */
export interface PolicyFailure {
  readonly code: ErrorCode
  readonly message: string
}

export type PolicyAnswer = { readonly result: Json } | { readonly undefined: true } | { readonly error: PolicyFailure }

export interface PolicyEngineInfo {
  /** Of the bundle's manifest; empty when it has none. */
  readonly revision: string
  /** `sha256:` and the digest of the bundle's bytes. */
  readonly digest: string
  readonly entrypoints: readonly string[]
}

/**
 * Evaluates one entrypoint of one bundle. Implementations differ in speed only: the same bundle gives the same answers
 * to the same inputs, in whatever batches they come.
 */
export interface PolicyEngine {
  readonly info: PolicyEngineInfo
  /**
   * Answers stand in the order of the inputs. Rejects with EngineFailure when an evaluation could not be finished; then
   * nothing has been decided, and the same inputs may be given again.
   */
  evaluate(inputs: readonly PolicyInput[], signal: AbortSignal): Promise<readonly PolicyAnswer[]>
  /** Idempotent. Evaluations under way are rejected. */
  close(): Promise<void>
}

/** The engine, not the policy, failed twice on one input: it took too long, or what evaluates it died. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure'
  readonly reason: 'timeout' | 'died'
  /** Which of the inputs. */
  readonly index: number

  constructor(reason: 'timeout' | 'died', index: number, message: string) {
    super(message)
    this.reason = reason
    this.index = index
  }
}
