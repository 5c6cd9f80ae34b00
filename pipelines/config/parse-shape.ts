import type { z } from 'zod'
import type { Json } from '../../schemas/json.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { locate } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import { replaceAt } from './replace-at.ts'
import { parseWithIssues, type Issue } from './shape-issues.ts'
import { ShapeReport, type ShapeSubject } from './shape-report.ts'

/**
 * The node as the schema reads it, or undefined when it does not fit; everything that does not is reported at its
 * place, nearly-right keys and values with what was probably meant.
 */
export function parseShape<S extends z.ZodType>(schema: S, subject: ShapeSubject): z.output<S> | undefined {
  const { node, values, omit } = subject
  const input = values.json(node, omit)
  let result = parseWithIssues(schema, input)
  if (result.success) return result.data
  const converted = withConvertedTexts(input, result.issues, subject)
  if (converted !== input) result = parseWithIssues(schema, converted)
  if (result.success) return result.data
  new ShapeReport(schema, subject, input).report(result.issues)
  return undefined
}

/** `partitions: '${env:N}'` is a text only because it was filled in: where a number is expected, it is read as one. */
function withConvertedTexts(input: Json, issues: readonly Issue[], { node, values }: ShapeSubject): Json {
  let converted = input
  for (const issue of issues.slice(0, PIPELINE_LIMITS.diagnostics.default)) {
    if (issue.code !== 'invalid_type') continue
    const path = issue.path as Path
    const { node: target, depth } = locate(node, path)
    if (depth < path.length || target.kind !== 'scalar' || values.fillings(target).length === 0) continue
    const text = String(values.scalar(target)).trim()
    if (issue.expected === 'boolean' && /^(?:true|false)$/.test(text))
      converted = replaceAt(converted, path, text === 'true')
    if (['number', 'int'].includes(issue.expected) && /^-?\d+(?:\.\d+)?$/.test(text)) {
      converted = replaceAt(converted, path, Number(text))
    }
  }
  return converted
}
