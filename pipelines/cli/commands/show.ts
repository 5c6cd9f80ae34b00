import { defineCommand } from '../command.ts'
import { JSON_OPTION, VAR_OPTIONS } from '../shared-options.ts'

export const show = defineCommand({
  name: 'show',
  summary: 'Prints a document with all values filled in, and where each of them comes from.',
  operands: 'FILE',
  minOperands: 1,
  maxOperands: 1,
  details: [
    'Behind each value stands its place in the document and, where it was filled in, from what. Secrets stay hidden.',
  ],
  options: { ...VAR_OPTIONS, ...JSON_OPTION },
  examples: [{ line: 'show pipeline.yaml --var env=prod', says: 'What would run, with this variable.' }],
  run: async (args, io) => (await import('../show-document.ts')).showDocument(args, io),
})
