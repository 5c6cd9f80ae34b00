import type { z } from 'zod'
import type { Event, FailedInput, NewEvent } from '../schemas/event.ts'
import type { Json } from '../schemas/json.ts'
import type { Clock, Expressions, Logger, Metrics } from '../schemas/runtime.ts'

/** All that a connector sees of the world around it. Connectors use no globals, no environment, no other clock. */
export interface ConnectorContext {
  /** The node's name in the document. */
  readonly name: string
  /** Relative paths of the config are relative to this folder: that of the document. */
  readonly baseDir: string
  readonly logger: Logger
  readonly metrics: Metrics
  readonly clock: Clock
  readonly expressions: Expressions
  /** Aborts when the node stops; everything a connector waits for must end then. */
  readonly signal: AbortSignal
}

/** What a source can promise; `pipeline validate` derives the printed guarantee of each path from it. */
export interface SourceCapabilities {
  /** It can be read again from a stored position, so a crash loses nothing. */
  readonly replayable: boolean
  /** It is told when its events are durable and repeats them until then (a webhook's 2xx). */
  readonly acknowledged: boolean
}

/**
 * A stretch of input in order, and the position to resume from after it. Bytes in it may lie in a buffer that is used
 * again: they are good until the next batch is asked for.
 */
export interface SourceBatch {
  readonly events: readonly NewEvent[]
  /** Input that could not be read as events; dead-lettered before the position moves over it. */
  readonly failed?: readonly FailedInput[]
  /** JSON from which `open` resumes after this batch, in the same partition. */
  readonly position: Json
  /** Documents that an earlier run had read already and this one therefore skips. */
  readonly alreadyRead?: number
}

/** A source that is read at our pace: files, polled APIs, other logs. */
export interface PullSource {
  /**
   * Names the independent parts of the input, such as one per file. The same name may be yielded again when there may
   * be something new in it. Ends when the input is bounded and all of it has been named.
   */
  partitions(): AsyncIterable<string>
  /**
   * Reads one partition from a position (null: from its beginning), batch after batch, until it has no more. When it
   * rejects, this partition cannot be read now; the others can.
   * The runtime takes the next batch only when it has room; at most one reader per partition is open at a time.
   */
  open(partition: string, position: Json | null): AsyncIterable<SourceBatch>
  /** Idempotent; safe after a failed read. */
  close(): Promise<void>
}

/** Resolves when the events are durable. Rejects with a retryable StoplogError when there is no room now. */
export type Deliver = (events: readonly NewEvent[]) => Promise<void>

/** A source to which others send: webhooks, listeners. It acknowledges its sender only after `deliver` has resolved. */
export interface PushSource {
  /** Starts to listen; rejects when it cannot (port in use). */
  start(deliver: Deliver): Promise<void>
  /** Stops to accept, waits for deliveries under way, then closes. Idempotent. */
  close(): Promise<void>
}

interface ConnectorDefinition<S extends z.ZodType> {
  /** The name after `uses:`. */
  readonly type: string
  /** One sentence for `pipeline describe`. */
  readonly summary: string
  /** A strict object: from it come validation, defaults, `pipeline describe` and the editor schema. */
  readonly config: S
  /**
   * Where it reads from or writes to, in a few words for status and summary: an address, or absolute paths. Never a
   * secret. Left out: its type says enough.
   */
  place?(config: z.output<S>, baseDir: string): string
}

export interface PullSourceDefinition<S extends z.ZodType = z.ZodType> extends ConnectorDefinition<S> {
  readonly mode: 'pull'
  /** True when this config reads to an end and stops by itself. */
  bounded(config: z.output<S>): boolean
  readonly capabilities: SourceCapabilities
  /** May do I/O; must leave nothing running when it throws. */
  create(config: z.output<S>, context: ConnectorContext): PullSource | Promise<PullSource>
}

export interface PushSourceDefinition<S extends z.ZodType = z.ZodType> extends ConnectorDefinition<S> {
  readonly mode: 'push'
  readonly capabilities: SourceCapabilities
  create(config: z.output<S>, context: ConnectorContext): PushSource | Promise<PushSource>
}

export interface SourcePlugin<S extends z.ZodType = z.ZodType> {
  readonly kind: 'source'
  readonly definition: PullSourceDefinition<S> | PushSourceDefinition<S>
}

/** When the runtime closes a batch: whichever of the three comes first. */
export interface BatchLimits {
  readonly records: number
  readonly bytes: number
  readonly ageMs: number
}

export interface SinkCapabilities {
  /** Writing the same event twice leaves one copy. */
  readonly idempotent: boolean
}

export interface Sink {
  /**
   * Delivers a batch, in order, and resolves when the outside system has confirmed all of it. The `bytes` of each event
   * are its value as the sink's steps have left it. Called with one batch at a time; on rejection the runtime calls
   * again with what is not settled yet, before anything later.
   * Rejects with WriteFailure to say which events failed and which of those for good; any other error means that
   * nothing is known to be written and the whole batch is tried again.
   */
  write(batch: readonly Event[], signal: AbortSignal): Promise<void>
  /** Idempotent; nothing that `write` confirmed may be lost by it. */
  close(): Promise<void>
}

export interface SinkPlugin<S extends z.ZodType = z.ZodType> {
  readonly kind: 'sink'
  readonly definition: SinkDefinition<S>
}

export interface SinkDefinition<S extends z.ZodType = z.ZodType> extends ConnectorDefinition<S> {
  readonly capabilities: SinkCapabilities
  batch(config: z.output<S>): BatchLimits
  /** May do I/O; must leave nothing running when it throws. */
  create(config: z.output<S>, context: ConnectorContext): Sink | Promise<Sink>
}

export function defineSource<S extends z.ZodType>(
  definition: PullSourceDefinition<S> | PushSourceDefinition<S>,
): SourcePlugin<S> {
  return { kind: 'source', definition }
}

export function defineSink<S extends z.ZodType>(definition: SinkDefinition<S>): SinkPlugin<S> {
  return { kind: 'sink', definition }
}
