import {
  isExpressionSource,
  isTemplateSource,
  type ExpressionSource,
  type TemplateSource,
} from '../../schemas/expression.ts'
import type { CheckContext } from './check-context.ts'
import { locate, scalarsBelow, type ScalarNode, type TreeNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'

/** Schemas may turn their input into deep values; expressions deeper than this are not looked for. */
const MAX_DEPTH = 32

/** Compiles every expression and template of a parsed config; the caret of a message stands at the very character. */
export function checkExpressions(config: unknown, node: TreeNode, path: Path, context: CheckContext): void {
  for (const { source, at } of expressionsIn(config, [])) {
    const problem = context.checkExpression(source)
    if (problem === null) continue
    const found = findText(node, at, source.text, context)
    const scalar = found?.node
    const start = scalar === undefined ? node.range.start : context.values.offsetOf(scalar, problem.start)
    const end = scalar === undefined ? node.range.start : context.values.offsetOf(scalar, problem.end)
    context.findings.add({
      code: problem.code,
      range: { start, end: Math.max(end, start) },
      path: [...path, ...(found?.path ?? at)],
      message: problem.message,
      fix: problem.fix,
    })
  }
}

interface FoundExpression {
  readonly source: ExpressionSource | TemplateSource
  readonly at: Path
}

function* expressionsIn(value: unknown, at: Path): Generator<FoundExpression> {
  if (isExpressionSource(value) || isTemplateSource(value)) {
    yield { source: value, at }
  } else if (at.length < MAX_DEPTH && typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* expressionsIn(item, [...at, index])
    else if (isPlain(value)) for (const [key, item] of Object.entries(value)) yield* expressionsIn(item, [...at, key])
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The text of an expression in the document: at the same path, or, where a schema moves things, with the same words. */
function findText(
  node: TreeNode,
  at: Path,
  text: string,
  { values }: CheckContext,
): { readonly node: ScalarNode; readonly path: Path } | undefined {
  const { node: same, depth } = locate(node, at)
  if (depth === at.length && same.kind === 'scalar' && values.scalar(same) === text) return { node: same, path: at }
  for (const [path, scalar] of scalarsBelow(node)) if (values.scalar(scalar) === text) return { node: scalar, path }
  return undefined
}
