import type { CliIo } from './cli-io.ts'
import { areSound } from './documents.ts'
import { loadNamedDocuments } from './named-documents.ts'
import { done, failed, type Outcome } from './outcome.ts'
import { isError } from './problem.ts'
import { counted } from './text-layout.ts'
import { formatValidation, validationToJson } from './validation-report.ts'
import type { VariableOptions } from './variables.ts'

/** `validate`: tells all that is wrong with documents, or what they promise. */
export async function validateDocuments(
  { operands, options }: { readonly operands: readonly string[]; readonly options: VariableOptions },
  io: CliIo,
): Promise<Outcome> {
  const loaded = await loadNamedDocuments(operands, options, { requireSecrets: false }, io)
  const { files, documents, problems } = loaded
  const result = documents.map(({ file, plan }) => validationToJson(file, plan))
  if (!areSound(loaded)) {
    const errors = problems.filter(isError).length
    const text = `${counted(errors, 'error')} in ${counted(files.length, 'document')}\n`
    return failed(problems, { result, text })
  }
  const text = documents.map(({ file, plan }) => (plan === null ? '' : formatValidation(file, plan, io.stdout.columns)))
  return done({ summary: `${counted(files.length, 'document')} sound`, result, problems, text: text.join('\n') })
}
