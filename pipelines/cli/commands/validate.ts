import { defineCommand } from '../command.ts'
import { areSound, findDocuments, loadDocuments } from '../documents.ts'
import { done, failed } from '../outcome.ts'
import { isError } from '../problem.ts'
import { JSON_OPTION, VAR_OPTIONS } from '../shared-options.ts'
import { counted } from '../text-layout.ts'
import { formatValidation, validationToJson } from '../validation-report.ts'
import { readVariables } from '../variables.ts'

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
  async run({ operands, options }, io) {
    const files = await findDocuments(operands, io.cwd)
    const vars = await readVariables(options, io.cwd)
    const loaded = await loadDocuments(files, { vars, requireSecrets: false }, io)
    const { documents, problems } = loaded
    const result = documents.map(({ file, plan }) => validationToJson(file, plan))
    if (!areSound(loaded)) {
      const errors = problems.filter(isError).length
      const text = `${counted(errors, 'error')} in ${counted(files.length, 'document')}\n`
      return failed(problems, { result, text })
    }
    const text = documents.map(({ file, plan }) =>
      plan === null ? '' : formatValidation(file, plan, io.stdout.columns),
    )
    return done({ summary: `${counted(files.length, 'document')} sound`, result, problems, text: text.join('\n') })
  },
})
