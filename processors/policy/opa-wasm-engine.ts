import type { Clock } from '../../schemas/runtime.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import type { PolicyModule } from './policy-module.ts'
import {
  EngineFailure,
  type PolicyAnswer,
  type PolicyEngine,
  type PolicyEngineInfo,
  type PolicyInput,
} from './policy-engine.ts'
import { PolicyWorker, type PolicyWorkerOptions } from './policy-worker.ts'
import { spawnOpaWorker, type SpawnWorker } from './spawn-worker.ts'

export interface OpaWasmEngineOptions {
  readonly module: PolicyModule
  /** One of the module's. */
  readonly entrypoint: string
  readonly clock: Clock
  /** Of one evaluation. */
  readonly timeoutMs: number
  readonly spawn?: SpawnWorker
}

const MAX_INPUT_BYTES = PROCESSOR_LIMITS.policyInputBytes.default
const CHUNK_INPUTS = PROCESSOR_LIMITS.policyChunkInputs.default
const CHUNK_BYTES = PROCESSOR_LIMITS.policyChunkBytes.default

/** Evaluates Rego compiled to wasm in a thread of its own, started with the first input. */
export function createOpaWasmEngine(options: OpaWasmEngineOptions): PolicyEngine {
  return new OpaWasmEngine(options)
}

/** An input, and its place among all that were given. */
interface Placed {
  readonly input: PolicyInput
  readonly index: number
}

class OpaWasmEngine implements PolicyEngine {
  readonly info: PolicyEngineInfo
  readonly #workerOptions: PolicyWorkerOptions
  #worker: PolicyWorker | undefined
  /** One batch after the other. */
  #queue: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor({ module, entrypoint, clock, timeoutMs, spawn = spawnOpaWorker }: OpaWasmEngineOptions) {
    this.info = { revision: module.revision, digest: module.digest, entrypoints: [...module.entrypoints.keys()] }
    const { compiled, initialPages, data } = module
    const start = { module: compiled, initialPages, data, entrypoint: module.entrypoints.get(entrypoint) ?? 0 }
    this.#workerOptions = { start, spawn, clock, timeoutMs }
  }

  async evaluate(inputs: readonly PolicyInput[], signal: AbortSignal): Promise<readonly PolicyAnswer[]> {
    const turn = this.#queue.then(() => this.#evaluateAll(inputs, signal))
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.stop()
    await this.#queue
  }

  async #evaluateAll(inputs: readonly PolicyInput[], signal: AbortSignal): Promise<readonly PolicyAnswer[]> {
    const answers: PolicyAnswer[] = inputs.map(({ bytes }) => tooLarge(bytes.length))
    const placed = inputs.map((input, index) => ({ input, index }))
    for (const chunk of chunksOf(placed.filter(({ input }) => input.bytes.length <= MAX_INPUT_BYTES))) {
      const chunkAnswers = await this.#evaluateChunk(chunk, signal)
      for (const [position, { index }] of chunk.entries())
        answers[index] = chunkAnswers[position] ?? { undefined: true }
    }
    return answers
  }

  /**
   * One round trip. An input that the worker gets stuck at is tried once more, alone, in a fresh worker: a machine that
   * slept or was starved looks the same. The others are evaluated again, with the same answers.
   */
  async #evaluateChunk(chunk: readonly Placed[], signal: AbortSignal): Promise<readonly PolicyAnswer[]> {
    if (chunk.length === 0) return []
    const outcome = await this.#attempt(chunk, signal)
    if (!('reason' in outcome)) return outcome
    const culprit = chunk.slice(outcome.index, outcome.index + 1)
    const again = await this.#attempt(culprit, signal)
    if ('reason' in again) throw new EngineFailure(again.reason, culprit[0]?.index ?? 0, again.detail)
    const before = await this.#evaluateChunk(chunk.slice(0, outcome.index), signal)
    const after = await this.#evaluateChunk(chunk.slice(outcome.index + 1), signal)
    return [...before, ...again, ...after]
  }

  async #attempt(chunk: readonly Placed[], signal: AbortSignal): ReturnType<PolicyWorker['evaluate']> {
    const worker = await this.#runningWorker(signal)
    const inputs = chunk.map(({ input }) => input)
    try {
      const outcome = await worker.evaluate(inputs, signal)
      if ('reason' in outcome) this.#worker = undefined
      return outcome
    } catch (thrown) {
      // The signal has aborted, and the worker went with it.
      this.#worker = undefined
      throw thrown
    }
  }

  async #runningWorker(signal: AbortSignal): Promise<PolicyWorker> {
    this.#checkOpen()
    if (this.#worker !== undefined) return this.#worker
    const worker = await PolicyWorker.start(this.#workerOptions, signal)
    this.#worker = worker
    if (this.#isClosed) await worker.stop()
    this.#checkOpen()
    return worker
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new Error('the policy engine is closed')
  }
}

function tooLarge(bytes: number): PolicyAnswer {
  return { error: { code: 'E_POLICY_INPUT', message: `the input has ${bytes} bytes, more than ${MAX_INPUT_BYTES}` } }
}

function* chunksOf(inputs: readonly Placed[]): Generator<readonly Placed[]> {
  let chunk: Placed[] = []
  let bytes = 0
  for (const placed of inputs) {
    const size = placed.input.bytes.length
    if (chunk.length > 0 && (chunk.length === CHUNK_INPUTS || bytes + size > CHUNK_BYTES)) {
      yield chunk
      chunk = []
      bytes = 0
    }
    chunk.push(placed)
    bytes += size
  }
  if (chunk.length > 0) yield chunk
}
