import type { z } from 'zod'
import type { WorkingEvent } from '../schemas/event.ts'
import type { Json } from '../schemas/json.ts'
import type { StoplogError } from '../schemas/stoplog-error.ts'
import type { Clock, Expressions, Logger, Metrics } from '../schemas/runtime.ts'
import type { Store, StoreDefinition } from './state/store.ts'

/**
 * What became of one event in one step: it goes on (`pass`), goes no further on purpose (`filtered`, `duplicate`), is
 * replaced by others (a list), or failed, and then is dead-lettered by the runtime with the error as reason. `stop`:
 * the step cannot go on without breaking a promise (its state is full), so the node stops before this event, keeps its
 * offset and says why.
 */
export type StepOutcome =
  | 'pass'
  | 'filtered'
  | 'duplicate'
  | readonly WorkingEvent[]
  | { readonly failed: StoplogError }
  | { readonly stop: StoplogError }

/** A step that handles one event at a time. A StoplogError it throws fails that event alone. */
export interface EachProcessor {
  each(event: WorkingEvent): StepOutcome
  close?(): Promise<void>
}

/** A step that is cheaper for many events at once, or has to wait. Outcomes stand in the order of the events. */
export interface BatchProcessor {
  /** Rejects only when the step itself is broken: the node is restarted and the events are processed again. */
  batch(events: readonly WorkingEvent[], signal: AbortSignal): Promise<readonly StepOutcome[]>
  close?(): Promise<void>
}

export type Processor = EachProcessor | BatchProcessor

/** A record of a step's own, such as a policy's decision; committed together with the event it belongs to. */
export interface SideRecord {
  readonly key: string
  readonly value: Json
  readonly time: number
  readonly headers: Readonly<Record<string, string>>
}

export interface ProcessorContext {
  readonly pipeline: string
  /** The node whose step this is. */
  readonly node: string
  /** Place in the document, such as `streams.findings.steps[2]`. */
  readonly path: string
  /** Relative paths of the config are relative to this folder: that of the document. */
  readonly baseDir: string
  readonly logger: Logger
  readonly metrics: Metrics
  readonly clock: Clock
  readonly expressions: Expressions
  readonly signal: AbortSignal
  /** State of this step on this partition, backed by the node's changelog topic. Only for steps declared `stateful`. */
  store<T>(definition: StoreDefinition<T>): Store<T>
  /** Adds a record to `<pipeline>._decisions`. */
  decide(record: SideRecord): void
}

/** Where a step may stand: source steps run before the first append, sink steps again on every retry. */
export type StepPlace = 'source' | 'stream' | 'sink'

export interface ProcessorDefinition<S extends z.ZodType = z.ZodType> {
  /** The step's name in the document: the only key of its entry. */
  readonly type: string
  readonly summary: string
  /** Shape of what stands after `type:`. Strict; validation, defaults, `pipeline describe` and the editor schema. */
  readonly config: S
  readonly places: readonly StepPlace[]
  /** It keeps state by record key, so events of one key must come to one task. */
  readonly stateful: boolean
  /** It may give the event another key; a stateful step cannot follow without a repartition. */
  readonly changesKey: boolean
  create(config: z.output<S>, context: ProcessorContext): Processor | Promise<Processor>
  /** Checks that need files, at load: rejects with what is wrong with them. Never secrets, never the network. */
  check?(config: z.output<S>, context: CheckContext): Promise<void>
}

export interface CheckContext {
  readonly baseDir: string
}

export interface ProcessorPlugin<S extends z.ZodType = z.ZodType> {
  readonly kind: 'processor'
  readonly definition: ProcessorDefinition<S>
}

export function defineProcessor<S extends z.ZodType>(definition: ProcessorDefinition<S>): ProcessorPlugin<S> {
  return { kind: 'processor', definition }
}
