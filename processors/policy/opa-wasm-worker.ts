import { parentPort, workerData } from 'node:worker_threads'
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
import type { WasmModule } from './web-assembly.ts'

/** What a worker is started with. */
export interface WorkerStart {
  readonly module: WasmModule
  readonly initialPages: number
  /** JSON text of the bundle's data. */
  readonly data: Uint8Array
  readonly entrypoint: number
  /** One counter, Int32: evaluations begun since the start. It tells a slow batch from an evaluation that hangs. */
  readonly progress: SharedArrayBuffer
}

/** The first message says whether the bundle could be loaded; after that, one for each batch. */
export type WorkerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly failure: PolicyFailure }
  | { readonly type: 'outcomes'; readonly outcomes: PackedOutcomes }

const RECYCLE_BYTES = PROCESSOR_LIMITS.policyRecycleBytes.default
const MAX_DEPTH = PROCESSOR_LIMITS.maxValueDepth.default
const NOTHING = new Uint8Array(0)

/** Evaluates inputs one after the other, in a fresh instance after a failure and after an input that made it large. */
class Evaluator {
  readonly #start: WorkerStart
  readonly #progress: Int32Array
  #instance: OpaWasmInstance
  #smallestBytes: number

  constructor(start: WorkerStart) {
    this.#start = start
    this.#progress = new Int32Array(start.progress)
    this.#instance = this.#instantiate()
    this.#smallestBytes = this.#instance.memoryBytes
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
      const result = this.#instance.evaluate(this.#start.entrypoint, input, { timeMs })
      if (this.#instance.memoryBytes > this.#smallestBytes + RECYCLE_BYTES) this.#instance = this.#instantiate()
      return result === undefined ? { kind: OUTCOME.undefined, text: NOTHING } : { kind: OUTCOME.result, text: result }
    } catch (thrown) {
      // What was thrown has skipped the clean-up of the wasm's own stack.
      this.#instance = this.#instantiate()
      return failed(failureOf(thrown))
    }
  }

  #instantiate(): OpaWasmInstance {
    const instance = new OpaWasmInstance(this.#start.module, this.#start.initialPages)
    instance.setData(this.#start.data)
    return instance
  }
}

const TOO_DEEP = `the input has more than ${MAX_DEPTH} lists and maps within each other`

function failed(failure: PolicyFailure): Outcome {
  return { kind: OUTCOME.failure, text: Buffer.from(JSON.stringify(failure)) }
}

function failureOf(thrown: unknown): PolicyFailure {
  if (thrown instanceof EvaluationFailure) return thrown.failure
  return { code: 'E_BUG', message: thrown instanceof Error ? thrown.message : String(thrown) }
}

function report(message: WorkerReport): void {
  const transfer =
    message.type === 'outcomes'
      ? [message.outcomes.bytes.buffer, message.outcomes.ends.buffer, message.outcomes.kinds.buffer]
      : []
  parentPort?.postMessage(message, transfer)
}

try {
  const evaluator = new Evaluator(workerData as WorkerStart)
  parentPort?.on('message', (inputs: PackedInputs) =>
    report({ type: 'outcomes', outcomes: evaluator.evaluate(inputs) }),
  )
  report({ type: 'ready' })
} catch (thrown) {
  report({ type: 'refused', failure: failureOf(thrown) })
}
