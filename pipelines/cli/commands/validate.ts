import { defineCommand } from '../command.ts'
import { JSON_OPTION, VAR_OPTIONS } from '../shared-options.ts'

export const validate = defineCommand({
  name: 'validate',
  summary: 'Checks documents, and says what each way from a source to a sink promises.',
  operands: 'FILE… | FOLDER',
  minOperands: 1,
  maxOperands: Infinity,
  details: [
    'Tells everything that is wrong at once. Reads the documents and the files they name, and nothing else: no network, ' +
      'no secrets.',
  ],
  options: { ...VAR_OPTIONS, ...JSON_OPTION },
  examples: [{ line: 'validate examples/security-scan.yaml', says: 'Before it runs, and in CI.' }],
  run: async (args, io) => (await import('../validate-documents.ts')).validateDocuments(args, io),
})
