import {
  mergeByTime,
  type PartitionRange,
  type TopicExtent,
  type TopicReading,
  type TopicRecord,
} from '../runtime/topic-reading.ts'
import type { CliIo } from './cli-io.ts'
import { usage } from './command-line.ts'
import { EventFilter } from './event-filter.ts'
import { toEventLine } from './event-line.ts'
import { exitCodeOfSignal } from './exit-code.ts'
import { LineWriter } from './line-writer.ts'
import { parseLimit } from './option-values.ts'
import { done, type Outcome } from './outcome.ts'
import { printable } from '../config/printable.ts'
import { StopSignals } from './stop-signals.ts'
import { parseStart, rangesFrom } from './start-position.ts'
import { counted } from './text-layout.ts'
import { openTopics, type TopicOptions } from './topic-access.ts'
import { resolveTopic } from './topic-name.ts'

interface ConsumeOptions extends TopicOptions {
  readonly from: string | undefined
  readonly where: string | undefined
  readonly limit: string | undefined
  readonly follow: boolean
  readonly headers: boolean
  readonly pipeline: string | undefined
}

/** `consume`: prints events until there are no more, or enough, or nobody reads them. */
export async function consumeTopic(
  { operands, options }: { readonly operands: readonly string[]; readonly options: ConsumeOptions },
  io: CliIo,
): Promise<Outcome> {
  const start = parseStart(options.from, io.clock.now())
  const limit = parseLimit(options.limit) ?? Infinity
  const filter = new EventFilter(options.where)
  const { reading, place, plan } = await openTopics(options, io)
  const signals = new StopSignals(io)
  const ended = new AbortController()
  io.stdout.closed.addEventListener('abort', () => ended.abort())
  void signals.first.then(() => ended.abort())
  try {
    const { pipeline } = options
    const topic = resolveTopic(operands[0] ?? '', { topics: await reading.topics(), plan, pipeline })
    const ranges = await rangesFrom(start, topic, reading)
    const printer = new Printer(filter, limit, options.headers, io)
    await printer.print(stretches(reading, topic, ranges, ended.signal))
    if (options.follow && !printer.isFull && !ended.signal.aborted) {
      const coming = reading.follow(
        topic.name,
        ranges.map(({ toOffset }) => toOffset),
        ended.signal,
      )
      if (coming === null) throw nothingComes(place)
      await printer.print(coming)
    }
    await note(printer, filter, topic, io)
    if (signals.received !== null) return { ...done({}), exitCode: exitCodeOfSignal(signals.received) }
    return done({})
  } finally {
    ended.abort()
    signals.close()
    await reading.close()
  }
}

async function* stretches(
  reading: TopicReading,
  topic: TopicExtent,
  ranges: readonly PartitionRange[],
  signal: AbortSignal,
): AsyncGenerator<readonly TopicRecord[]> {
  for await (const event of mergeByTime(topic.name, reading.read(topic.name, ranges, signal))) yield [event]
}

/** Prints what the filter lets through, as many as are wanted. */
class Printer {
  read = 0
  printed = 0
  readonly #filter: EventFilter
  readonly #limit: number
  readonly #headers: boolean
  readonly #io: CliIo

  constructor(filter: EventFilter, limit: number, headers: boolean, io: CliIo) {
    this.#filter = filter
    this.#limit = limit
    this.#headers = headers
    this.#io = io
  }

  get isFull(): boolean {
    return this.printed >= this.#limit
  }

  /** A stretch of one event may wait for others; a longer one is all that has come for now. */
  async print(events: AsyncIterable<readonly TopicRecord[]>): Promise<void> {
    const { stdout } = this.#io
    const writer = new LineWriter(stdout)
    const options = { headers: this.#headers, forTerminal: stdout.isTerminal }
    for await (const stretch of events) {
      for (const event of stretch) {
        this.read += 1
        if (!this.#filter.lets(event)) continue
        await writer.write(toEventLine(event, options))
        this.printed += 1
        if (this.isFull) break
      }
      if (this.isFull || stdout.closed.aborted) break
    }
    await writer.flush()
  }
}

/** What the lines alone do not say. */
async function note({ read, printed }: Printer, filter: EventFilter, topic: TopicExtent, io: CliIo): Promise<void> {
  const { failures, firstFailure } = filter
  if (firstFailure !== null) {
    const reason = printable(`${firstFailure.code} ${firstFailure.message}`)
    await io.stderr.write(`--where could not be computed for ${counted(failures, 'event')}, such as: ${reason}\n`)
  }
  if (printed > 0 || failures > 0) return
  const held = topic.partitions.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0)
  const why = held === 0 ? 'the topic is empty' : `${read} of ${counted(held, 'event')} lie in what was read`
  await io.stderr.write(`no event to show: ${why}\n`)
}

function nothingComes(place: string): Error {
  return usage(
    `--follow waits for what comes, and no broker runs on ${place}`,
    'start one with `run` or `broker`, or leave --follow out',
  )
}
