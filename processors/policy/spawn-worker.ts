import type { Worker } from 'node:worker_threads'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { startModuleWorker } from '../module-worker.ts'
import type { WorkerStart } from './opa-wasm-worker.ts'

/** Starts the thread that evaluates a policy. */
export type SpawnWorker = (start: WorkerStart) => Worker

export const spawnOpaWorker: SpawnWorker = (start) =>
  startModuleWorker('opa-wasm-worker', import.meta.url, {
    workerData: start,
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(PROCESSOR_LIMITS.policyWorkerHeapBytes.default / 1024 ** 2) },
  })
