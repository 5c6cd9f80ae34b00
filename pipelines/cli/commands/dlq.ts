import { HEADER } from '../../../schemas/event-header-names.ts'
import type { TopicExtent, TopicReading } from '../../runtime/topic-reading.ts'
import { defineCommand } from '../command.ts'
import { newestRecords, recordCount } from '../dead-letters.ts'
import { deadLetterToJson, formatDeadLetter, reportDeadLetter } from '../dead-letter-report.ts'
import { isoTime } from '../event-line.ts'
import { parseLimit } from '../option-values.ts'
import { done } from '../outcome.ts'
import { printable } from '../../config/printable.ts'
import { JSON_OPTION, TOPIC_OPTIONS } from '../shared-options.ts'
import { counted, table } from '../text-layout.ts'
import { openTopics } from '../topic-access.ts'
import { isDeadLetters, nodeOf, resolveDeadLetters } from '../topic-name.ts'

/** Dead letters of one node that are looked at to say why. */
const SAMPLE = 1_000
const SHOWN = 10

export const dlqLs = defineCommand({
  name: 'dlq ls',
  summary: 'Lists the nodes that have dead letters, how many, and why.',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  details: ['An event that a node could not process is put aside as a dead letter, with the reason.'],
  options: { ...TOPIC_OPTIONS, ...JSON_OPTION },
  examples: [{ line: 'dlq ls', says: 'All dead letters of the data directory here.' }],
  async run({ options }, io) {
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
  },
})

const COLUMNS = [
  { title: 'node', align: 'left' },
  { title: 'dead', align: 'right' },
  { title: 'last', align: 'left' },
  { title: 'reasons', align: 'left' },
] as const

export const dlqShow = defineCommand({
  name: 'dlq show',
  summary: 'Shows the dead letters of a node: why, where from, and what they held.',
  operands: 'NODE',
  minOperands: 1,
  maxOperands: 1,
  details: [
    'The newest ones, oldest first. Of an event that failed before it was redacted only length and digest are kept.',
  ],
  options: {
    limit: { type: 'text', value: 'N', summary: `How many. Default: ${SHOWN}.` },
    pipeline: { type: 'text', value: 'NAME', summary: 'The pipeline that has the node.' },
    ...TOPIC_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    { line: 'dlq show findings', says: 'The last dead letters of the node findings.' },
    { line: 'dlq show findings --json --limit 1000', says: 'More of them, for a program.' },
  ],
  async run({ operands, options }, io) {
    const limit = parseLimit(options.limit) ?? SHOWN
    const { reading, plan } = await openTopics(options, io)
    try {
      const { pipeline } = options
      const topic = resolveDeadLetters(operands[0] ?? '', { topics: await reading.topics(), plan, pipeline })
      const records = await newestRecords(reading, topic, limit, new AbortController().signal)
      const reports = records.map(reportDeadLetter)
      const all = recordCount(topic)
      const node = nodeOf(topic.name)
      const summary = `${reports.length} of ${counted(all, 'dead letter')} of ${node}`
      const text = [...reports.map((report) => formatDeadLetter(report, io.stdout.columns)), `${summary}\n`].join('\n')
      return done({ summary, result: { node, dead: all, letters: reports.map(deadLetterToJson) }, text })
    } finally {
      await reading.close()
    }
  },
})

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
