import type { CliIo } from './cli-io.ts'
import { findDocuments, loadDocuments } from './documents.ts'
import { done, failed, type Outcome } from './outcome.ts'
import { formatResolved, resolvedToJson } from './resolved-report.ts'
import { readVariables, type VariableOptions } from './variables.ts'

/** `show`: a document with all values filled in. */
export async function showDocument(
  { operands, options }: { readonly operands: readonly string[]; readonly options: VariableOptions },
  io: CliIo,
): Promise<Outcome> {
  const files = await findDocuments(operands, io.cwd)
  const vars = await readVariables(options, io.cwd)
  const { documents, problems } = await loadDocuments(files, { vars, requireSecrets: false }, io)
  const resolved = documents.flatMap((document) => document.resolved ?? [])
  const texts = resolved.map(formatResolved)
  const outcome = { result: resolved.map(resolvedToJson), text: texts.join('---\n') }
  // A document that is wrong is shown all the same: seeing its values may be the way to the cause.
  if (problems.length > 0) return failed(problems, outcome)
  return done({ ...outcome, summary: files.join(', ') })
}
