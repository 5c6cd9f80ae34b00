import { defineCommand } from '../command.ts'
import { JSON_OPTION, TOPIC_OPTIONS } from '../shared-options.ts'

/** Dead letters that are shown where no limit is given. */
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
  run: async (args, io) => (await import('../list-dead-letters.ts')).listDeadLetters(args, io),
})

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
  run: async (args, io) => (await import('../show-dead-letters.ts')).showDeadLetters(args, SHOWN, io),
})
