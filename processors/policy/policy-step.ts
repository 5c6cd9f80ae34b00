import type { WorkingEvent } from '../../schemas/event.ts'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { BatchProcessor, ProcessorContext, StepOutcome } from '../processor.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { decisionId, inputDigest, toDecisionRecord, type DecisionSource } from './decision.ts'
import { judge, type Judgement, type JudgementOptions } from './judgement.ts'
import type { Mask } from './mask.ts'
import { isNestedDeeper } from './nesting-depth.ts'
import { EngineFailure, type PolicyAnswer, type PolicyEngine } from './policy-engine.ts'

export interface PolicyStepOptions extends JudgementOptions {
  readonly entrypoint: string
  readonly bundleName: string
  /** Field of the value that holds the verdict. */
  readonly as: string
  /** Projects what the policy sees; left out, it sees the whole value. */
  readonly input: CompiledExpression | undefined
  readonly masks: readonly Mask[]
}

/** The engine that decides the next batch. */
export interface CurrentEngine {
  current(): Promise<PolicyEngine>
  close(): Promise<void>
}

/** An event that is to be judged, and what the policy sees of it. */
interface Candidate {
  readonly event: WorkingEvent
  readonly index: number
  readonly value: JsonObject
  readonly input: Json
  readonly inputBytes: Uint8Array
}

interface Evaluation {
  readonly answers: readonly PolicyAnswer[]
  /** Why the candidates after these have no answer. */
  readonly stop?: { readonly error: StoplogError }
}

/** Judges events, one verdict each, and leaves a record of every decision. */
export class PolicyStep implements BatchProcessor {
  readonly #options: PolicyStepOptions
  readonly #context: ProcessorContext
  readonly #policy: CurrentEngine

  constructor(options: PolicyStepOptions, context: ProcessorContext, policy: CurrentEngine) {
    this.#options = options
    this.#context = context
    this.#policy = policy
  }

  async batch(events: readonly WorkingEvent[], signal: AbortSignal): Promise<readonly StepOutcome[]> {
    const engine = await this.#policy.current()
    const outcomes: StepOutcome[] = events.map(() => 'pass')
    const candidates: Candidate[] = []
    for (const [index, event] of events.entries()) {
      try {
        const candidate = this.#candidate(event, index)
        if (candidate !== undefined) candidates.push(candidate)
      } catch (thrown) {
        if (!(thrown instanceof StoplogError)) throw thrown
        outcomes[index] = { failed: thrown }
      }
    }
    const { answers, stop } = await this.#evaluate(engine, candidates, signal)
    // From here on nothing fails or waits: what is decided is decided whole.
    const source = this.#sourceOf(engine)
    for (const [position, answer] of answers.entries()) {
      const candidate = candidates[position]
      if (candidate !== undefined) outcomes[candidate.index] = this.#settle(source, candidate, answer)
    }
    if (stop === undefined) return outcomes
    const firstUndecided = candidates[answers.length]?.index ?? 0
    return outcomes.map((outcome, index) => (index < firstUndecided ? outcome : { stop: stop.error }))
  }

  async close(): Promise<void> {
    await this.#policy.close()
  }

  /** Undefined for a deletion: there is nothing to judge, and no value to hold a verdict. */
  #candidate(event: WorkingEvent, index: number): Candidate | undefined {
    const { value } = event
    if (value === null) return undefined
    if (!isJsonObject(value)) {
      const found = Array.isArray(value) ? 'a list' : `a ${typeof value}`
      throw new StoplogError('E_FIELD_TYPE', `the verdict is a field of the value, but the value is ${found}`)
    }
    const { input: project } = this.#options
    const input = project === undefined ? value : project(event)
    // What nobody has changed or projected is not written again.
    const stored = project === undefined && !event.valueChanged ? event.bytes : null
    return { event, index, value, input, inputBytes: stored === null ? encode(input) : checkDepth(stored) }
  }

  /** Answers for all candidates, or for those before the one at which the engine gets stuck. */
  async #evaluate(engine: PolicyEngine, candidates: readonly Candidate[], signal: AbortSignal): Promise<Evaluation> {
    const inputs = candidates.map(({ event, inputBytes }) => ({ bytes: inputBytes, timeMs: event.time }))
    try {
      return { answers: await engine.evaluate(inputs, signal) }
    } catch (thrown) {
      const culprit = thrown instanceof EngineFailure ? candidates[thrown.index] : undefined
      if (!(thrown instanceof EngineFailure) || culprit === undefined) throw thrown
      const before = await this.#evaluate(engine, candidates.slice(0, thrown.index), signal)
      return { stop: { error: stuckAt(culprit, thrown) }, ...before }
    }
  }

  #sourceOf(engine: PolicyEngine): DecisionSource {
    const { pipeline, node } = this.#context
    const { entrypoint, bundleName, masks } = this.#options
    return { pipeline, node, entrypoint, bundleName, masks, engine: engine.info }
  }

  #settle(source: DecisionSource, candidate: Candidate, answer: PolicyAnswer): StepOutcome {
    const { event, value } = candidate
    const id = decisionId(source, event)
    const judgement = judge(answer, this.#options)
    this.#context.decide(toDecisionRecord(source, { ...candidate, id, judgement }))
    this.#context.metrics.count('stoplog_policy_decisions_total', 1, { effect: judgement.effect })
    const { effect, error } = judgement
    if (effect === 'dead_letter' && error !== undefined) return { failed: new StoplogError(error.code, error.message) }
    event.value = { ...value, [this.#options.as]: fieldOf(judgement, id, source) }
    return 'pass'
  }
}

const MAX_DEPTH = PROCESSOR_LIMITS.maxValueDepth.default

/** What is nested deeper may end the stack wherever it is walked, here as in the engine. */
function checkDepth(json: Uint8Array): Uint8Array {
  if (isNestedDeeper(json, MAX_DEPTH)) throw tooDeep()
  return json
}

function encode(input: Json): Uint8Array {
  let text: string
  try {
    text = JSON.stringify(input)
  } catch (cause) {
    throw cause instanceof RangeError ? tooDeep(cause) : cause
  }
  return checkDepth(Buffer.from(text))
}

function tooDeep(cause?: unknown): StoplogError {
  const message = `what the policy is to judge has more than ${MAX_DEPTH} lists and maps within each other`
  return new StoplogError('E_VALUE_DEPTH', message, { cause })
}

function fieldOf({ verdict, result, error }: Judgement, id: string, { engine }: DecisionSource): Json {
  if (verdict === undefined) return result ?? null
  const { allow, reasons } = verdict
  const revision = engine.revision === '' ? engine.digest : engine.revision
  const field = { allow, reasons, decision_id: id, revision }
  return error === undefined ? field : { ...field, error: { ...error } }
}

/** The node stops here: to decide without the policy, or to drop the event, would both be wrong. */
function stuckAt({ event, inputBytes }: Candidate, failure: EngineFailure): StoplogError {
  const name = `${event.topic}-${event.partition}-${event.offset}`
  const subject = `event ${name} (input ${inputDigest(inputBytes)})`
  if (failure.reason === 'timeout') {
    const message = `the policy does not come to an end for ${subject}: ${failure.message}, twice`
    return new StoplogError('E_POLICY_TIMEOUT', message, { where: name, cause: failure })
  }
  const message = `the worker of the policy died twice at ${subject}: ${failure.message}`
  return new StoplogError('E_POLICY_WORKER', message, { where: name, cause: failure })
}
