import { once } from 'node:events'
import { z } from 'zod'
import type { Event, FailedInput, NewEvent } from '../../schemas/event.ts'
import { expression } from '../../schemas/expression.ts'
import { duration } from '../../schemas/duration.ts'
import type { Json } from '../../schemas/json.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSource, type ConnectorContext, type PullSource, type SourceBatch } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { SeededRandom } from './random.ts'
import { SHAPES, type Generated, type Shape } from './shapes.ts'

const PARTITION = 'generated'

/** Events of a `rate` come in bunches rather than one by one at high rates. */
const SHORTEST_WAIT_MS = 10

/** How far back a repeated event may lie. */
const REPEAT_WITHIN = 10_000

const config = z
  .strictObject({
    count: z.int().min(0).optional().describe('How many events to make; left out: no end, and `rate` is needed.'),
    rate: z
      .number()
      .positive()
      .max(10_000_000)
      .optional()
      .describe('Events per second; left out: as fast as they are taken.'),
    seed: z.int().default(1).describe('The same seed gives the same events.'),
    shape: z
      .enum(['finding', 'tiny'])
      .default('finding')
      .describe('finding: a scanner finding of about 1 KB. tiny: about 60 bytes.'),
    template: expression
      .optional()
      .describe('What to make of each one: \'{"id": offset, "cve": value.cve}\'. `offset` is its number.'),
    repeat: z
      .number()
      .min(0)
      .max(0.9)
      .default(0)
      .describe('Share of events that repeat the payload of an earlier one.'),
    start: z.iso.datetime({ offset: true }).default('2026-01-01T00:00:00Z').describe('Event time of the first event.'),
    step: duration.prefault('1ms').describe('How much later in event time each event is than the one before.'),
  })
  .refine(({ count, rate }) => count !== undefined || rate !== undefined, {
    path: ['count'],
    error: 'expected `count`, or `rate` for events without an end',
  })

type GenerateConfig = z.output<typeof config>

/**
 * Makes events for load and for trying things out. The n-th event depends on the config and on n alone, so a restart
 * goes on exactly where it was. Ids hold the node's name, the seed and n.
 */
export const generateSource = defineSource({
  type: 'generate',
  summary: 'Makes events, the same ones for the same seed: for load, examples and tests.',
  mode: 'pull',
  config,
  capabilities: { replayable: true, acknowledged: false },
  bounded: ({ count }) => count !== undefined,
  create: (options, context) => new GenerateSource(options, context),
})

class GenerateSource implements PullSource {
  readonly #config: GenerateConfig
  readonly #context: ConnectorContext
  readonly #template: CompiledExpression | null
  readonly #shape: Shape
  readonly #startMs: number
  readonly #closed = new AbortController()
  readonly #signal: AbortSignal

  constructor(options: GenerateConfig, context: ConnectorContext) {
    this.#config = options
    this.#context = context
    this.#template = options.template === undefined ? null : context.expressions.compile(options.template)
    this.#shape = SHAPES[options.shape]()
    this.#startMs = Date.parse(options.start)
    this.#signal = AbortSignal.any([context.signal, this.#closed.signal])
  }

  async *partitions(): AsyncGenerator<string> {
    yield PARTITION
    // Without an end, the source does not end by itself: a list of partitions that ended would say so.
    if (this.#config.count === undefined && !this.#signal.aborted) await once(this.#signal, 'abort')
  }

  async *open(_partition: string, position: Json | null): AsyncGenerator<SourceBatch> {
    const { count = Number.MAX_SAFE_INTEGER, rate } = this.#config
    const first = toIndex(position)
    const openedMs = this.#context.clock.now()
    let next = first
    while (next < count && !this.#signal.aborted) {
      const due = rate === undefined ? count : first + this.#dueAfter(this.#context.clock.now() - openedMs, rate)
      const end = Math.min(count, due, next + CONNECTOR_LIMITS.maxGenerateBatchEvents.default)
      if (end > next) {
        yield { ...this.#batch(next, end), position: { next: end } }
        next = end
      } else {
        const nextMs = ((next + 1 - first) * 1_000) / (rate ?? 1)
        const waitMs = Math.max(SHORTEST_WAIT_MS, Math.ceil(openedMs + nextMs - this.#context.clock.now()))
        await this.#context.clock.sleep(waitMs, this.#signal).catch(() => {})
      }
    }
  }

  async close(): Promise<void> {
    this.#closed.abort()
  }

  #dueAfter(elapsedMs: number, rate: number): number {
    return Math.floor((elapsedMs * rate) / 1_000)
  }

  #batch(from: number, to: number): Pick<SourceBatch, 'events' | 'failed'> {
    const events: NewEvent[] = []
    const failed: FailedInput[] = []
    for (let index = from; index < to; index += 1) {
      const { seed, step } = this.#config
      const time = this.#startMs + index * step
      const generated = this.#shape(seed, this.#contentOf(index), time)
      const id = `${this.#context.name}-${seed}-${index}`
      try {
        events.push(this.#event(generated, index, time, id))
      } catch (error) {
        // The template gives nothing for this one; so it will the next time.
        if (!(error instanceof StoplogError)) throw error
        failed.push({ error, bytes: Buffer.from(generated.json), origin: `event ${index}`, id })
      }
    }
    return { events, failed }
  }

  #event(generated: Generated, index: number, time: number, id: string): NewEvent {
    const value =
      this.#template === null ? Buffer.from(generated.json) : this.#template(toEvent(generated, index, time, id))
    return { key: generated.key, value, id, type: `generate.${this.#config.shape}`, time }
  }

  /** The event whose payload this one has: itself, or an earlier one. */
  #contentOf(index: number): number {
    const { seed, repeat } = this.#config
    let content = index
    // Its own stream of random numbers, so that `repeat` does not change the payloads.
    for (let random = new SeededRandom(~seed, content); content > 0 && random.fraction() < repeat;) {
      content -= 1 + random.below(Math.min(content, REPEAT_WITHIN))
      random = new SeededRandom(~seed, content)
    }
    return content
  }
}

function toEvent({ key, json }: Generated, index: number, time: number, id: string): Event {
  const value: Json = JSON.parse(json)
  return { topic: '', partition: 0, offset: index, key, value, bytes: Buffer.from(json), headers: {}, time, id }
}

function toIndex(position: Json | null): number {
  if (position === null) return 0
  const parsed = z.strictObject({ next: z.int().nonnegative() }).safeParse(position)
  if (parsed.success) return parsed.data.next
  throw new StoplogError('E_SOURCE_POSITION', 'the stored position of generated events cannot be understood')
}
