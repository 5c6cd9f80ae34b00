import type { TopicExtent } from '../runtime/topic-reading.ts'
import type { CliIo } from './cli-io.ts'
import { recordCount } from './dead-letters.ts'
import { done, type Outcome } from './outcome.ts'
import { counted, table } from './text-layout.ts'
import { openTopics, type TopicOptions } from './topic-access.ts'
import { isInternal } from './topic-name.ts'

interface ListOptions extends TopicOptions {
  readonly all: boolean
}

/** `topics`: what topics there are, and how much they hold. */
export async function listTopics({ options }: { readonly options: ListOptions }, io: CliIo): Promise<Outcome> {
  const { reading, place } = await openTopics(options, io)
  try {
    const all = await reading.topics()
    const shown = options.all ? all : all.filter(({ name }) => !isInternal(name))
    const hidden = all.length - shown.length
    const summary = `${counted(shown.length, 'topic')} at ${place}`
    const result = shown.map((topic) => ({
      name: topic.name,
      internal: isInternal(topic.name),
      events: recordCount(topic),
      partitions: topic.partitions.map((partition) => ({ ...partition })),
    }))
    const more = hidden === 0 ? '' : `, and ${hidden} internal (--all)`
    const text = `${shown.length === 0 ? '' : `${topicTable(shown)}\n`}${summary}${more}\n`
    return done({ summary, result: { place, topics: result }, text })
  } finally {
    await reading.close()
  }
}

function topicTable(topics: readonly TopicExtent[]): string {
  const rows = topics.map((topic) => [topic.name, String(topic.partitions.length), String(recordCount(topic))])
  return table(
    [
      { title: 'topic', align: 'left' },
      { title: 'partitions', align: 'right' },
      { title: 'events', align: 'right' },
    ],
    rows,
  )
}
