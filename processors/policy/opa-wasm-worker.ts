import { parentPort, workerData } from 'node:worker_threads'
import type { PackedInputs, PackedOutcomes } from './evaluation-batch.ts'
import { Evaluator, failureOf, type EvaluatedPolicy } from './evaluator.ts'
import type { PolicyFailure } from './policy-engine.ts'

/** What a worker is started with. */
export type WorkerStart = EvaluatedPolicy

/** The first message says whether the bundle could be loaded; after that, one for each batch. */
export type WorkerReport =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly failure: PolicyFailure }
  | { readonly type: 'outcomes'; readonly outcomes: PackedOutcomes }

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
