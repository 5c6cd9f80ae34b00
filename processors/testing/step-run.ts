import assert from 'node:assert/strict'
import type { WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import type { Processor, ProcessorPlugin, StepOutcome } from '../processor.ts'
import { createProcessorContext } from './processor-context.ts'
import { createWorkingEvent, type EventFields } from './working-event.ts'

/** What became of one event, in a form that can be compared. */
export interface Result {
  /** `pass`, `filtered`, `duplicate`, `split`, `failed CODE: message` or `stop CODE: message`. */
  readonly outcome: string
  readonly fix: string
  /** The events that go on. */
  readonly events: readonly string[]
}

export async function openStep(
  { definition }: ProcessorPlugin,
  setup: { readonly config: unknown; readonly baseDir?: string },
): Promise<Processor> {
  const config: unknown = definition.config.parse(setup.config)
  return await definition.create(config, createProcessorContext(setup))
}

/** Gives a step events as the runtime does; `watch` sees each one before and, with what it returns, after. */
export async function runStep(
  step: Processor,
  written: readonly EventFields[],
  watch?: (event: WorkingEvent) => () => void,
): Promise<readonly Result[]> {
  const events = written.map(createWorkingEvent)
  const checks = events.map((event) => watch?.(event))
  const outcomes = await outcomesOf(step, events)
  assert.equal(outcomes.length, events.length, 'each event has one outcome')
  for (const check of checks) check?.()
  return events.map((event, index) => toResult(event, outcomes[index] ?? 'pass'))
}

async function outcomesOf(step: Processor, events: readonly WorkingEvent[]): Promise<readonly StepOutcome[]> {
  if ('batch' in step) return await step.batch(events, new AbortController().signal)
  return events.map((event): StepOutcome => {
    try {
      return step.each(event)
    } catch (error) {
      assert.ok(error instanceof StoplogError, `only a StoplogError fails an event: ${String(error)}`)
      return { failed: error }
    }
  })
}

function toResult(event: WorkingEvent, outcome: StepOutcome): Result {
  if (outcome === 'pass') return { outcome, fix: '', events: [describe(event)] }
  if (typeof outcome === 'string') return { outcome, fix: '', events: [] }
  if ('failed' in outcome) return toFailure('failed', toStoplogError(outcome.failed))
  if ('stop' in outcome) return toFailure('stop', toStoplogError(outcome.stop))
  return { outcome: 'split', fix: '', events: outcome.map(describe) }
}

function toFailure(kind: string, { code, message, fix }: StoplogError): Result {
  return { outcome: `${kind} ${code}: ${message}`, fix, events: [] }
}

function describe(event: WorkingEvent): string {
  const { id, key, time, headers, valueChanged } = event
  const value = valueChanged ? JSON.stringify(event.value) : Buffer.from(event.bytes ?? []).toString('base64')
  return JSON.stringify({ id, key, time, headers, valueChanged, value })
}

/** Makes every write to the value throw. */
export function deepFreeze(value: Json): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  for (const part of Object.values(value)) deepFreeze(part)
}
