import type { CliIo } from './cli-io.ts'
import { deadLetterToJson, formatDeadLetter, reportDeadLetter } from './dead-letter-report.ts'
import { newestRecords, recordCount } from './dead-letters.ts'
import { parseLimit } from './option-values.ts'
import { done, type Outcome } from './outcome.ts'
import { counted } from './text-layout.ts'
import { openTopics, type TopicOptions } from './topic-access.ts'
import { nodeOf, resolveDeadLetters } from './topic-name.ts'

interface ShowOptions extends TopicOptions {
  readonly limit: string | undefined
  readonly pipeline: string | undefined
}

/** `dlq show`: the newest dead letters of a node; `shown` where no limit is given. */
export async function showDeadLetters(
  { operands, options }: { readonly operands: readonly string[]; readonly options: ShowOptions },
  shown: number,
  io: CliIo,
): Promise<Outcome> {
  const limit = parseLimit(options.limit) ?? shown
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
}
