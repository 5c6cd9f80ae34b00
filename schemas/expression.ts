import { z } from 'zod'

/** A CEL expression as it stands in the document; the config loader compiles every one of them before anything runs. */
export interface ExpressionSource {
  readonly kind: 'expression'
  readonly text: string
}

/** A text with CEL in braces, such as `findings-{format(time, 'yyyy-MM')}`. Compiled and confined like an expression. */
export interface TemplateSource {
  readonly kind: 'template'
  readonly text: string
}

/** A config field that holds CEL. `filter: 'value.severity_id >= 3'`. */
export const expression = z
  .string()
  .min(1, 'expected a CEL expression, got an empty text')
  .meta({ description: 'a CEL expression; `pipeline describe cel` explains the dialect' })
  .transform((text): ExpressionSource => ({ kind: 'expression', text }))

/** A config field that holds a text with CEL in braces. */
export const template = z
  .string()
  .min(1, 'expected a text, got an empty one')
  .meta({ description: 'a text with CEL expressions in braces' })
  .transform((text): TemplateSource => ({ kind: 'template', text }))

export function isExpressionSource(value: unknown): value is ExpressionSource {
  return hasKind(value, 'expression')
}

export function isTemplateSource(value: unknown): value is TemplateSource {
  return hasKind(value, 'template')
}

function hasKind(value: unknown, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind && 'text' in value
}
