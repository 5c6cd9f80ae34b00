import { HEADER } from '../../schemas/event-header-names.ts'
import { printable } from '../config/printable.ts'
import type { TopicExtent, TopicReading } from '../runtime/topic-reading.ts'
import type { CliIo } from './cli-io.ts'
import { newestRecords, recordCount } from './dead-letters.ts'
import { isoTime } from './event-line.ts'
import { done, type Outcome } from './outcome.ts'
import { counted, table } from './text-layout.ts'
import { openTopics, type TopicOptions } from './topic-access.ts'
import { isDeadLetters, nodeOf } from './topic-name.ts'

/** Dead letters of one node that are looked at to say why. */
const SAMPLE = 1_000

const COLUMNS = [
  { title: 'node', align: 'left' },
  { title: 'dead', align: 'right' },
  { title: 'last', align: 'left' },
  { title: 'reasons', align: 'left' },
] as const

/** `dlq ls`: which nodes have dead letters, how many, and why. */
export async function listDeadLetters({ options }: { readonly options: TopicOptions }, io: CliIo): Promise<Outcome> {
  const { reading, place } = await openTopics(options, io)
  try {
    const all = (await reading.topics()).filter(({ name }) => isDeadLetters(name))
    const nodes = await Promise.all(
      all.filter((topic) => recordCount(topic) > 0).map((topic) => summarise(reading, topic)),
    )
    const dead = nodes.reduce((sum, node) => sum + node.dead, 0)
    const summary = `${counted(dead, 'dead letter')} at ${place}`
    const rows = nodes.map(({ node, dead: count, last, reasons }) => [
      node,
      String(count),
      last ?? '',
      printable(reasons.map(({ code, events }) => `${code} (${events})`).join(', ')),
    ])
    const text = rows.length === 0 ? '' : `${table(COLUMNS, rows, io.stdout.columns)}\n`
    const hint = rows.length === 0 ? '' : `, \`${io.program} dlq show NODE\` shows them`
    return done({ summary, result: { place, nodes }, text: `${text}${summary}${hint}\n` })
  } finally {
    await reading.close()
  }
}

interface NodeSummary {
  readonly [field: string]: string | number | null | readonly { readonly code: string; readonly events: number }[]
  readonly node: string
  readonly dead: number
  readonly last: string | null
  readonly reasons: readonly { readonly code: string; readonly events: number }[]
}

async function summarise(reading: TopicReading, topic: TopicExtent): Promise<NodeSummary> {
  const records = await newestRecords(reading, topic, SAMPLE, new AbortController().signal)
  const byCode = new Map<string, number>()
  for (const { record } of records) {
    const header = record.headers.find(({ name }) => name === HEADER.errorCode)?.value ?? null
    const code = header === null ? 'unknown' : Buffer.from(header).toString('utf8')
    byCode.set(code, (byCode.get(code) ?? 0) + 1)
  }
  const newest = records.at(-1)
  return {
    node: nodeOf(topic.name),
    dead: recordCount(topic),
    last: newest === undefined ? null : isoTime(newest.record.timestamp),
    reasons: [...byCode].sort(([, a], [, b]) => b - a).map(([code, events]) => ({ code, events })),
  }
}
