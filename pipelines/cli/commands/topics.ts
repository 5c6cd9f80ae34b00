import type { TopicExtent } from '../../runtime/topic-reading.ts'
import { defineCommand } from '../command.ts'
import { recordCount } from '../dead-letters.ts'
import { done } from '../outcome.ts'
import { JSON_OPTION, TOPIC_OPTIONS } from '../shared-options.ts'
import { counted, table } from '../text-layout.ts'
import { openTopics } from '../topic-access.ts'
import { isInternal } from '../topic-name.ts'

export const topics = defineCommand({
  name: 'topics',
  summary: 'Lists topics, and how many events each of them holds.',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  details: [
    'Every source and every stream of a pipeline is a topic. Where no broker runs, the data directory is read.',
  ],
  options: {
    all: { type: 'flag', summary: 'Also those that the runtime keeps for itself: positions, dead letters, state.' },
    ...TOPIC_OPTIONS,
    ...JSON_OPTION,
  },
  examples: [
    { line: 'topics', says: 'The topics of the data directory here.' },
    { line: 'topics --all -f examples/security-scan.yaml', says: 'All topics that the document uses.' },
  ],
  async run({ options }, io) {
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
  },
})

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
