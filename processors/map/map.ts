import { z } from 'zod'
import type { Event } from '../../schemas/event.ts'
import { expression, type ExpressionSource, isExpressionSource } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import type { Expressions } from '../../schemas/runtime.ts'
import { setField } from '../own-field.ts'
import { defineProcessor } from '../processor.ts'

/** Fields of the new value: each a CEL expression, a constant that is no text, or fields again. */
export interface Fields {
  readonly [field: string]: ExpressionSource | number | boolean | null | Fields
}

const fields: z.ZodType<Fields> = z.lazy(() =>
  z
    .record(z.string(), z.union([expression, z.number(), z.boolean(), z.null(), fields]))
    .refine((map) => Object.keys(map).length > 0, 'expected at least one field'),
)

const config = z
  .union([expression, fields], { error: 'expected a CEL expression, or fields with a CEL expression for each' })
  .meta({ description: 'the new value: one CEL expression, or fields with an expression for each' })

/**
 * `map: 'value.finding'`, or `map: { id: 'value.uid', image: { digest: 'value.resources[0].uid' } }`.
 *
 * All expressions see the event as it came. A field whose expression gives an empty optional (`value.?score`) is left
 * out. The form with fields lets a deletion pass as it is; the other sees it as `value == null`, and one that gives null
 * makes a deletion.
 */
export const map = defineProcessor({
  type: 'map',
  summary: 'Replaces the value of each event by one that expressions compute.',
  config,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  create(config, { expressions }) {
    if (isExpressionSource(config)) {
      const compute = expressions.compile(config)
      return {
        each(event) {
          event.value = compute(event)
          return 'pass'
        },
      }
    }
    const build = compileFields(config, expressions)
    return {
      each(event) {
        // A map is no deletion; to see that, it need not be parsed.
        if (event.isMap?.() === true || event.value !== null) event.value = build(event)
        return 'pass'
      },
    }
  },
})

function compileFields(written: Fields, expressions: Expressions): (event: Event) => Json {
  const computes = Object.entries(written).map(([name, content]) => ({
    name,
    compute: compileField(content, expressions),
  }))
  return (event) => {
    const map: Record<string, Json> = {}
    for (const { name, compute } of computes) {
      const content = compute(event)
      if (content !== undefined) setField(map, name, content)
    }
    return map
  }
}

function compileField(content: Fields[string], expressions: Expressions): (event: Event) => Json | undefined {
  if (typeof content !== 'object' || content === null) return () => content
  return isExpressionSource(content) ? expressions.optional(content) : compileFields(content, expressions)
}
