import { PROCESSOR_LIMITS } from '../limits.ts'
import {
  OUTCOME,
  packOutcomes,
  textAt,
  type Outcome,
  type PackedInputs,
  type PackedOutcomes,
} from './evaluation-batch.ts'
import { isNestedDeeper } from './nesting-depth.ts'
import { EvaluationFailure, OpaWasmInstance } from './opa-wasm-instance.ts'
import type { PolicyFailure } from './policy-engine.ts'
import type { WasmModule } from '../../schemas/web-assembly.ts'

export interface EvaluatedPolicy {
  readonly module: WasmModule
  readonly initialPages: number
  /** JSON text of the bundle's data. */
  readonly data: Uint8Array
  readonly entrypoint: number
  /** One counter, Int32: evaluations begun since the start. It tells a slow batch from an evaluation that hangs. */
  readonly progress: SharedArrayBuffer
}

const RECYCLE_BYTES = PROCESSOR_LIMITS.policyRecycleBytes.default
const MAX_DEPTH = PROCESSOR_LIMITS.maxValueDepth.default
const NOTHING = new Uint8Array(0)

/** Evaluates inputs one after the other, in a fresh instance after a failure and after an input that made it large. */
export class Evaluator {
  readonly #policy: EvaluatedPolicy
  readonly #progress: Int32Array
  #instance: OpaWasmInstance
  #smallestBytes: number

  constructor(policy: EvaluatedPolicy) {
    this.#policy = policy
    this.#progress = new Int32Array(policy.progress)
    this.#instance = this.#instantiate()
    this.#smallestBytes = this.#instance.memoryBytes
  }

  get memoryBytes(): number {
    return this.#instance.memoryBytes
  }

  evaluate(inputs: PackedInputs): PackedOutcomes {
    const outcomes = Array.from(inputs.times, (timeMs, index) => {
      Atomics.add(this.#progress, 0, 1)
      return this.#outcome(textAt(inputs, index), timeMs)
    })
    return packOutcomes(outcomes)
  }

  #outcome(input: Uint8Array, timeMs: number): Outcome {
    // The wasm walks values by recursion; where its stack ends would depend on the machine.
    if (isNestedDeeper(input, MAX_DEPTH)) return failed({ code: 'E_POLICY_INPUT', message: TOO_DEEP })
    try {
      const result = this.#instance.evaluate(this.#policy.entrypoint, input, { timeMs })
      if (this.#instance.memoryBytes > this.#smallestBytes + RECYCLE_BYTES) this.#instance = this.#instantiate()
      return result === undefined ? { kind: OUTCOME.undefined, text: NOTHING } : { kind: OUTCOME.result, text: result }
    } catch (thrown) {
      // What was thrown has skipped the clean-up of the wasm's own stack.
      this.#instance = this.#instantiate()
      return failed(failureOf(thrown))
    }
  }

  #instantiate(): OpaWasmInstance {
    const instance = new OpaWasmInstance(this.#policy.module, this.#policy.initialPages)
    instance.setData(this.#policy.data)
    return instance
  }
}

const TOO_DEEP = `the input has more than ${MAX_DEPTH} lists and maps within each other`

function failed(failure: PolicyFailure): Outcome {
  return { kind: OUTCOME.failure, text: Buffer.from(JSON.stringify(failure)) }
}

export function failureOf(thrown: unknown): PolicyFailure {
  if (thrown instanceof EvaluationFailure) return thrown.failure
  return { code: 'E_BUG', message: thrown instanceof Error ? thrown.message : String(thrown) }
}
