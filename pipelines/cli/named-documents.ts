import type { CliIo } from './cli-io.ts'
import { findDocuments, type LoadedDocuments, loadDocuments, type LoadDocumentsOptions } from './documents.ts'
import { readVariables, type VariableOptions } from './variables.ts'

export interface NamedDocuments extends LoadedDocuments {
  /** As `findDocuments` gives them. */
  readonly files: readonly string[]
}

/** Loads the documents that a command line names, with the values that it gives. See `findDocuments`, `loadDocuments`. */
export async function loadNamedDocuments(
  operands: readonly string[],
  given: VariableOptions,
  { requireSecrets }: Pick<LoadDocumentsOptions, 'requireSecrets'>,
  io: Pick<CliIo, 'cwd' | 'env'>,
): Promise<NamedDocuments> {
  const files = await findDocuments(operands, io.cwd)
  const vars = await readVariables(given, io.cwd)
  return { files, ...(await loadDocuments(files, { vars, requireSecrets }, io)) }
}
