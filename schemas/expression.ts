import { z } from 'zod'

/** What a place in the document needs from an expression; checked at load as far as types are known. */
export type ExpressionType = 'boolean' | 'string' | 'number' | 'list' | 'map'

/** A CEL expression as it stands in the document; the config loader compiles every one of them before anything runs. */
export interface ExpressionSource {
  readonly kind: 'expression'
  readonly text: string
  readonly expected?: ExpressionType
}

/** A text with CEL in braces, such as `findings-{format(time, 'yyyy-MM')}`. Compiled and checked like an expression. */
export interface TemplateSource {
  readonly kind: 'template'
  readonly text: string
  /** The text names something outside (an index, a path), so no event may lead it astray: see `confinedTemplate`. */
  readonly confined?: true
}

/** A config field that holds CEL. `map: 'value.finding'`. */
export const expression = z
  .string()
  .min(1, 'expected a CEL expression, got an empty text')
  .meta({ description: 'a CEL expression; `pipeline describe cel` explains the dialect' })
  .transform((text): ExpressionSource => ({ kind: 'expression', text }))

/** A config field that holds CEL with the result true or false. `filter: 'value.severity_id >= 3'`. */
export const condition = z
  .string()
  .min(1, 'expected a CEL expression, got an empty text')
  .meta({ description: 'a CEL expression that is true or false; `pipeline describe cel` explains the dialect' })
  .transform((text): ExpressionSource => ({ kind: 'expression', text, expected: 'boolean' }))

/** A config field that holds a text with CEL in braces. */
export const template = z
  .string()
  .min(1, 'expected a text, got an empty one')
  .meta({ description: 'a text with CEL expressions in braces' })
  .transform((text): TemplateSource => ({ kind: 'template', text }))

/**
 * As `template`, for names of indices, objects and files: the text begins with letters of its own, and an event that
 * would bring `..` or a control character into it fails.
 */
export const confinedTemplate = z
  .string()
  .min(1, 'expected a text, got an empty one')
  .meta({ description: 'a name with CEL expressions in braces, such as `findings-{time:yyyy.MM}`' })
  .transform((text): TemplateSource => ({ kind: 'template', text, confined: true }))

export function isExpressionSource(value: unknown): value is ExpressionSource {
  return hasKind(value, 'expression')
}

export function isTemplateSource(value: unknown): value is TemplateSource {
  return hasKind(value, 'template')
}

function hasKind(value: unknown, kind: string): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind && 'text' in value
}
