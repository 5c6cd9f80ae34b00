import { createHash } from 'node:crypto'
import type { Event } from '../../schemas/event.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import type { SideRecord } from '../processor.ts'
import type { Judgement } from './judgement.ts'
import { applyMasks, type Mask } from './mask.ts'
import type { PolicyEngineInfo } from './policy-engine.ts'

/** Who decides; the same for all decisions of a step and a bundle. */
export interface DecisionSource {
  readonly pipeline: string
  readonly node: string
  readonly entrypoint: string
  /** Under which the bundle stands in the record: its file's name. */
  readonly bundleName: string
  readonly engine: PolicyEngineInfo
  readonly masks: readonly Mask[]
}

export interface Decision {
  readonly id: string
  readonly event: Event
  /** What was judged, and its JSON text. */
  readonly input: Json
  readonly inputBytes: Uint8Array
  readonly judgement: Judgement
}

/** Of the shape of these records; it changes when a reader would have to. */
const SCHEMA_VERSION = '1'

/**
 * 32 hexadecimal digits, the same whenever the same policy judges the same event at the same place. The event's id is
 * part of it because the events that a split made stand at one offset.
 */
export function decisionId({ pipeline, node, entrypoint, engine }: DecisionSource, event: Event): string {
  const { topic, partition, offset, id } = event
  const identity = [pipeline, node, entrypoint, topic, partition, offset, id, engine.digest]
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 32)
}

/** `sha256:` and the digest of the JSON text. */
export function inputDigest(input: Uint8Array): string {
  return `sha256:${createHash('sha256').update(input).digest('hex')}`
}

/**
 * A record of OPA's decision-log shape: decision_id, labels, bundles, path, result, erased, timestamp. In place of the
 * input stand its digest and the place of the event; `effect` says what the step did. What `mask:` names of the input
 * is left out before the digest is taken, so that a guessed secret cannot be confirmed by it.
 */
export function toDecisionRecord(source: DecisionSource, decision: Decision): SideRecord {
  const { id, event, judgement } = decision
  const { error, effect } = judgement
  const [maskedInput, erasedInput] = maskInput(decision, source.masks)
  const resultMasks = source.masks.filter((mask) => mask.of === 'result')
  const result = judgement.result === undefined ? undefined : applyMasks(judgement.result, resultMasks)
  const erased = [...erasedInput, ...(result?.erased ?? [])]
  const { revision, digest } = source.engine
  const value: JsonObject = {
    decision_id: id,
    timestamp: timestampOf(event.time),
    labels: { pipeline: source.pipeline, node: source.node },
    bundles: Object.fromEntries([[source.bundleName, { revision, digest }]]),
    path: source.entrypoint,
    event: { topic: event.topic, partition: event.partition, offset: event.offset, id: event.id },
    input_digest: inputDigest(maskedInput),
    ...(result === undefined ? {} : { result: result.value }),
    ...(error === undefined ? {} : { error: { ...error } }),
    effect,
    ...(erased.length === 0 ? {} : { erased }),
  }
  return { key: id, value, time: event.time, headers: { schema_version: SCHEMA_VERSION } }
}

function maskInput(
  { input, inputBytes }: Decision,
  masks: readonly Mask[],
): readonly [bytes: Uint8Array, erased: readonly string[]] {
  const inputMasks = masks.filter((mask) => mask.of === 'input')
  const { value, erased } = applyMasks(input, inputMasks)
  return erased.length === 0 ? [inputBytes, []] : [Buffer.from(JSON.stringify(value)), erased]
}

const LAST_DATE_MS = 8.64e15

/** RFC 3339; times that no calendar has stay numbers. */
function timestampOf(timeMs: number): Json {
  return Math.abs(timeMs) <= LAST_DATE_MS ? new Date(timeMs).toISOString() : timeMs
}
