import { defineCommand } from '../command.ts'
import { TOPIC_OPTIONS } from '../shared-options.ts'

export const consume = defineCommand({
  name: 'consume',
  summary: 'Prints the events of a topic, one line of JSON each.',
  operands: 'TOPIC | NODE',
  minOperands: 1,
  maxOperands: 1,
  details: [
    'Prints what the topic holds, all partitions together in the order of event time, and ends. It joins no group, so ' +
      'nobody reads less because of it. Where no broker runs, the data directory itself is read.',
    'The name of a node is enough where only one pipeline has it: `findings` is the topic `security-scan.findings`.',
  ],
  options: {
    from: {
      type: 'text',
      value: 'WHERE',
      summary: 'earliest (default), latest, a time back such as -1h, a date or time, or an offset.',
    },
    where: { type: 'text', value: 'CEL', summary: 'Only events for which this is true; `describe cel` explains it.' },
    limit: { type: 'text', value: 'N', summary: 'Ends after that many events.' },
    follow: { type: 'flag', summary: 'Waits for more instead of ending.' },
    headers: {
      type: 'flag',
      summary: 'Prints { topic, partition, offset, time, key, headers, value } instead of the value alone.',
    },
    pipeline: { type: 'text', value: 'NAME', summary: 'The pipeline that has the node.' },
    ...TOPIC_OPTIONS,
  },
  examples: [
    { line: 'consume findings --limit 3', says: 'The first three events of a stream.' },
    {
      line: "consume findings --from -1h --where 'value.severity_id >= 5' --follow",
      says: 'What is critical, since an hour ago and from now on.',
    },
    { line: 'consume security-scan._decisions --headers', says: 'The decisions of policies, with their headers.' },
  ],
  run: async (args, io) => (await import('../consume-topic.ts')).consumeTopic(args, io),
})
