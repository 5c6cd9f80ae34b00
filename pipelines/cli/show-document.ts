import type { CliIo } from './cli-io.ts'
import { loadNamedDocuments } from './named-documents.ts'
import { done, failed, type Outcome } from './outcome.ts'
import { formatResolved, resolvedToJson } from './resolved-report.ts'
import type { VariableOptions } from './variables.ts'

/** `show`: a document with all values filled in. */
export async function showDocument(
  { operands, options }: { readonly operands: readonly string[]; readonly options: VariableOptions },
  io: CliIo,
): Promise<Outcome> {
  const { files, documents, problems } = await loadNamedDocuments(operands, options, { requireSecrets: false }, io)
  const resolved = documents.flatMap((document) => document.resolved ?? [])
  const texts = resolved.map(formatResolved)
  const outcome = { result: resolved.map(resolvedToJson), text: texts.join('---\n') }
  // A document that is wrong is shown all the same: seeing its values may be the way to the cause.
  if (problems.length > 0) return failed(problems, outcome)
  return done({ ...outcome, summary: files.join(', ') })
}
