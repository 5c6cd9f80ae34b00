import { defineCommand } from '../command.ts'
import { JSON_OPTION } from '../shared-options.ts'

export const describe = defineCommand({
  name: 'describe',
  summary: 'Says what sources, sinks and steps there are, and how each is configured.',
  operands: '[NAME]',
  minOperands: 0,
  maxOperands: 1,
  details: [
    'A name is that of a source, sink or step, a file of your own (./my-source.ts), `cel`, `errors`, or an error code.',
  ],
  options: JSON_OPTION,
  examples: [
    { line: 'describe', says: 'All there is.' },
    { line: 'describe trivy', says: 'All settings of one.' },
    { line: 'describe ./source.ts', says: 'What a document says to a plugin of your own.' },
    { line: 'describe cel', says: 'What may stand in an expression.' },
  ],
  run: async (args, io) => (await import('../describe-plugins.ts')).describePlugins(args, io),
})
