import type { Json } from '../../schemas/json.ts'
import type { PolicyAnswer, PolicyFailure, PolicyInput } from './policy-engine.ts'

/**
 * Texts one after the other in one buffer, so that a batch crosses to the worker and back in one message whose buffers
 * are handed over rather than copied.
 */
export interface PackedTexts {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each text ends. */
  readonly ends: Uint32Array<ArrayBuffer>
}

export interface PackedInputs extends PackedTexts {
  readonly times: Float64Array<ArrayBuffer>
}

/** What an outcome's text is: the result set of OPA, nothing, or a PolicyFailure. */
export const OUTCOME = { result: 0, undefined: 1, failure: 2 } as const
export type OutcomeKind = (typeof OUTCOME)[keyof typeof OUTCOME]

export interface PackedOutcomes extends PackedTexts {
  readonly kinds: Uint8Array<ArrayBuffer>
}

export interface Outcome {
  readonly kind: OutcomeKind
  /** JSON text in UTF-8. */
  readonly text: Uint8Array
}

export function packInputs(inputs: readonly PolicyInput[]): PackedInputs {
  return { ...packTexts(inputs.map(({ bytes }) => bytes)), times: Float64Array.from(inputs, ({ timeMs }) => timeMs) }
}

export function packOutcomes(outcomes: readonly Outcome[]): PackedOutcomes {
  return { ...packTexts(outcomes.map(({ text }) => text)), kinds: Uint8Array.from(outcomes, ({ kind }) => kind) }
}

function packTexts(texts: readonly Uint8Array[]): PackedTexts {
  const ends = new Uint32Array(texts.length)
  let length = 0
  for (const [index, text] of texts.entries()) {
    length += text.length
    ends[index] = length
  }
  const bytes = new Uint8Array(length)
  for (const [index, text] of texts.entries()) bytes.set(text, (ends[index] ?? 0) - text.length)
  return { bytes, ends }
}

/** Text number `index`, without a copy. */
export function textAt({ bytes, ends }: PackedTexts, index: number): Uint8Array {
  return bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index])
}

export function unpackOutcomes(packed: PackedOutcomes): readonly PolicyAnswer[] {
  const decoder = new TextDecoder()
  return Array.from(packed.kinds, (kind, index) => toAnswer(kind, () => decoder.decode(textAt(packed, index))))
}

function toAnswer(kind: number, text: () => string): PolicyAnswer {
  if (kind === OUTCOME.undefined) return { undefined: true }
  if (kind === OUTCOME.failure) return { error: JSON.parse(text()) as PolicyFailure }
  return { result: JSON.parse(text()) as Json }
}
