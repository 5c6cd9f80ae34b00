import type { ExpressionSource, TemplateSource } from '../../schemas/expression.ts'
import type { ExpressionProblem } from '../../processors/cel/expression-problem.ts'
import type { ScalarNode } from './document-tree.ts'
import type { DocumentValues } from './document-values.ts'
import type { Findings } from './findings.ts'
import type { PluginRegistry } from './plugin-registry.ts'

/** Compiles a CEL expression or template and tells what is wrong with it; null when nothing is. */
export type CheckExpression = (source: ExpressionSource | TemplateSource) => ExpressionProblem | null

/** What every check of one document works with. */
export interface CheckContext {
  readonly values: DocumentValues
  readonly findings: Findings
  readonly plugins: PluginRegistry
  readonly checkExpression: CheckExpression
  /** Texts that a schema marks as secret; filled while the document is checked. */
  readonly secrets: Set<ScalarNode>
  /** Texts about which no schema could be asked; they are not shown either. */
  readonly veiled: Set<ScalarNode>
}
