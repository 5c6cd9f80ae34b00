import type { CheckedDocument } from '../config/checked-document.ts'
import { compareDiagnostics, type Diagnostic } from '../config/diagnostic.ts'
import { loadDocument, type DocumentInput, type LoadOptions } from '../config/load-document.ts'
import type { ResolvedDocument } from '../config/resolved-document.ts'
import type { Plan } from './plan.ts'
import { planPipeline } from './plan-pipeline.ts'

export interface LoadedPipeline {
  /** Null as soon as there is an error among the diagnostics. */
  readonly plan: Plan | null
  /** Everything that is wrong with the document, sorted by place. */
  readonly diagnostics: readonly Diagnostic[]
  readonly document: CheckedDocument | null
  readonly resolved: ResolvedDocument | null
}

/**
 * From a file to a plan: everything that is wrong with its YAML, its values, its shape, its expressions and its graph
 * is told at once. Throws E_DOCUMENT_READ when the file itself cannot be read.
 */
export async function loadPipeline(input: DocumentInput, options: LoadOptions): Promise<LoadedPipeline> {
  const { document, diagnostics: found, resolved } = await loadDocument(input, options)
  if (document === null) return { plan: null, diagnostics: found, document, resolved }
  const planned = planPipeline(document)
  const diagnostics = [...found, ...planned.diagnostics].sort(compareDiagnostics)
  const isSound = diagnostics.every(({ severity }) => severity === 'warning')
  return { plan: isSound ? planned.plan : null, diagnostics, document, resolved }
}
