import { defineCommand } from '../command.ts'
import { JSON_OPTION, TOPIC_OPTIONS } from '../shared-options.ts'

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
  run: async (args, io) => (await import('../list-topics.ts')).listTopics(args, io),
})
