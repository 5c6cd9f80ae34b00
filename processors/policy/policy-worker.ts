import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { packInputs, unpackOutcomes } from './evaluation-batch.ts'
import type { WorkerReport, WorkerStart } from './opa-wasm-worker.ts'
import type { PolicyAnswer, PolicyInput } from './policy-engine.ts'
import type { SpawnWorker } from './spawn-worker.ts'

/** An evaluation that did not end, or that its worker did not survive. The worker is gone. */
export interface Stuck {
  readonly reason: 'timeout' | 'died'
  /** Which of the inputs. */
  readonly index: number
  readonly detail: string
}

export interface PolicyWorkerOptions {
  readonly start: Omit<WorkerStart, 'progress'>
  readonly spawn: SpawnWorker
  readonly clock: Clock
  /** Of one evaluation. That it is over is noticed after this time at the earliest and twice of it at the latest. */
  readonly timeoutMs: number
}

type WorkerEvent = WorkerReport | { readonly type: 'died'; readonly detail: string } | { readonly type: 'hangs' }

const START_MS = PROCESSOR_LIMITS.policyStartMs.default

/** One thread with one policy. It evaluates one batch at a time; nothing but ending it stops an evaluation. */
export class PolicyWorker {
  readonly #worker: Worker
  readonly #options: PolicyWorkerOptions
  /** Evaluations begun; the worker counts. */
  readonly #progress: Int32Array
  #receive: ((event: WorkerEvent) => void) | undefined
  #died: string | undefined

  private constructor(options: PolicyWorkerOptions) {
    this.#options = options
    const progress = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    this.#progress = new Int32Array(progress)
    this.#worker = options.spawn({ ...options.start, progress })
    this.#worker.on('message', (report: WorkerReport) => this.#receive?.(report))
    this.#worker.on('error', (error) => this.#onDeath(error.message))
    this.#worker.on('exit', (code) => this.#onDeath(`it ended with code ${code}`))
  }

  /** Resolves when the policy is loaded; rejects with what is wrong with it. */
  static async start(options: PolicyWorkerOptions, signal: AbortSignal): Promise<PolicyWorker> {
    const worker = new PolicyWorker(options)
    const event = await worker.#next(START_MS, signal)
    if (event.type === 'ready') return worker
    await worker.stop()
    if (event.type === 'refused') throw new StoplogError(event.failure.code, event.failure.message)
    const detail = event.type === 'died' ? event.detail : `it was not ready within ${START_MS} ms`
    throw new StoplogError('E_POLICY_WORKER', `the worker of the policy does not start: ${detail}`, { retryable: true })
  }

  async evaluate(inputs: readonly PolicyInput[], signal: AbortSignal): Promise<readonly PolicyAnswer[] | Stuck> {
    const before = Atomics.load(this.#progress, 0)
    const packed = packInputs(inputs)
    this.#worker.postMessage(packed, [packed.bytes.buffer, packed.ends.buffer, packed.times.buffer])
    const event = await this.#next(this.#options.timeoutMs, signal)
    if (event.type === 'outcomes') return unpackOutcomes(event.outcomes)
    await this.stop()
    const begun = (Atomics.load(this.#progress, 0) - before) | 0
    const index = Math.min(Math.max(begun - 1, 0), inputs.length - 1)
    if (event.type === 'died') return { reason: 'died', index, detail: event.detail }
    return { reason: 'timeout', index, detail: `it took longer than ${this.#options.timeoutMs} ms` }
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#died ??= 'it was stopped'
    await this.#worker.terminate()
  }

  #onDeath(detail: string): void {
    this.#died ??= detail
    this.#receive?.({ type: 'died', detail: this.#died })
  }

  /** What the worker says next, or that it has begun no evaluation for so long. Only while waiting, it keeps Node alive. */
  async #next(timeoutMs: number, signal: AbortSignal): Promise<WorkerEvent> {
    const watch = new AbortController()
    const abort = (): void => watch.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    this.#worker.ref()
    try {
      const event = new Promise<WorkerEvent>((resolve) => {
        this.#receive = resolve
        if (this.#died !== undefined) resolve({ type: 'died', detail: this.#died })
      })
      return await Promise.race([event, this.#stagnation(timeoutMs, watch.signal)])
    } catch (thrown) {
      await this.stop()
      throw thrown
    } finally {
      signal.removeEventListener('abort', abort)
      this.#receive = undefined
      watch.abort()
      this.#worker.unref()
    }
  }

  async #stagnation(timeoutMs: number, signal: AbortSignal): Promise<WorkerEvent> {
    for (let before = -1; ;) {
      const now = Atomics.load(this.#progress, 0)
      if (now === before) return { type: 'hangs' }
      before = now
      await this.#options.clock.sleep(timeoutMs, signal)
    }
  }
}
