import type { z } from 'zod'
import type { WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { ProcessorPlugin, StepOutcome } from '../../processors/processor.ts'
import { createProcessorContext } from '../../processors/testing/processor-context.ts'
import { createEvent, type EventFields } from './event.ts'

export interface StepResult {
  /** `pass`, `filtered`, `duplicate`, `split`, or the code of a failure. */
  readonly outcome: string
  readonly event: WorkingEvent
  readonly children: readonly WorkingEvent[]
  readonly error: StoplogError | undefined
}

/** A step that handles one event at a time, made from its config as it stands in a document. */
export async function createStep<S extends z.ZodType>(
  plugin: ProcessorPlugin<S>,
  config: unknown,
  baseDir?: string,
): Promise<(fields: EventFields) => StepResult> {
  const { definition } = plugin
  const context = createProcessorContext(baseDir === undefined ? {} : { baseDir })
  const step = await definition.create(definition.config.parse(config), context)
  if (!('each' in step)) throw new Error(`${definition.type} handles batches`)
  return (fields) => {
    const event = createEvent(fields)
    return toResult(
      event,
      runOne(() => step.each(event)),
    )
  }
}

/** The value that one step makes of another. */
export async function valueAfter(plugin: ProcessorPlugin, config: unknown, value: Json): Promise<Json> {
  const { outcome, event } = (await createStep(plugin, config))({ value })
  if (outcome !== 'pass') throw new Error(`the event did not pass: ${outcome}`)
  return event.value
}

/** Messages of all that a config is refused for, the branches of unions included. */
export function refusalOf(plugin: ProcessorPlugin, config: unknown): string {
  const parsed = plugin.definition.config.safeParse(config)
  return parsed.success ? '' : JSON.stringify(parsed.error.issues)
}

function runOne(run: () => StepOutcome): StepOutcome {
  try {
    return run()
  } catch (error) {
    if (error instanceof StoplogError) return { failed: error }
    throw error
  }
}

function toResult(event: WorkingEvent, outcome: StepOutcome): StepResult {
  const none = { event, children: [], error: undefined }
  if (typeof outcome === 'string') return { ...none, outcome }
  if ('failed' in outcome) return { ...none, outcome: outcome.failed.code, error: outcome.failed }
  if ('stop' in outcome) return { ...none, outcome: `stop ${outcome.stop.code}`, error: outcome.stop }
  return { ...none, outcome: 'split', children: outcome }
}
