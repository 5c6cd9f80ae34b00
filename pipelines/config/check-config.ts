import type { z } from 'zod'
import type { CheckContext } from './check-context.ts'
import { checkExpressions } from './check-expressions.ts'
import { scalarsBelow, type TreeNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import { parseShape } from './parse-shape.ts'
import { viewOf } from './schema-view.ts'
import type { Range } from './source-text.ts'

/** Holds a config against the schema of its plugin: shape, expressions, secrets. Undefined when it does not fit. */
export function checkConfig<S extends z.ZodType>(
  schema: S,
  node: TreeNode,
  path: Path,
  keyRange: Range,
  context: CheckContext,
): z.output<S> | undefined {
  noteSecrets(schema, node, path, context)
  const { values, findings } = context
  const config = parseShape(schema, { node, path, keyRange, values, findings })
  if (config !== undefined) checkExpressions(config, node, path, context)
  return config
}

/** Nobody knows which of these texts are secret, so none of them is shown. */
export function veil(node: TreeNode, context: CheckContext): void {
  for (const [, scalar] of scalarsBelow(node)) context.veiled.add(scalar)
}

function noteSecrets(schema: z.ZodType, node: TreeNode, path: Path, context: CheckContext): void {
  const view = viewOf(schema)
  const { findings, secrets, values } = context
  for (const [at, scalar] of scalarsBelow(node)) {
    if (scalar.value === null || !view.isSecret(at)) continue
    secrets.add(scalar)
    if (values.fillings(scalar).length > 0) continue
    findings.source.hide(scalar.range)
    const key = String(at.at(-1) ?? path.at(-1) ?? '')
    findings.add({
      code: 'E_SECRET_LITERAL',
      range: scalar.range,
      path: [...path, ...at],
      message: `the secret \`${key}\` stands in the document`,
      severity: 'warning',
    })
  }
}
