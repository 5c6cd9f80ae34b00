import { z } from 'zod'
import type { Event } from '../../schemas/event.ts'
import { expression } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { createAssigner } from '../field-assign.ts'
import { parseFieldPath } from '../field-path.ts'
import { defineProcessor } from '../processor.ts'

const content = z.union([expression, z.number(), z.boolean(), z.null()], {
  error: 'expected a CEL expression, a number, true, false or null; a text is written \'"text"\'',
})

const config = z
  .record(z.string(), content)
  .superRefine((fields, context) => {
    const paths = Object.keys(fields)
    if (paths.length === 0) context.addIssue({ code: 'custom', message: 'expected at least one field' })
    for (const path of paths) reportIssue(() => parseFieldPath(path), context, [path])
    if (context.issues.length === 0) reportIssue(() => createAssigner(paths.map(parseFieldPath)), context, [])
  })
  .meta({ description: 'paths of fields below the value, each with a CEL expression for its content' })

/**
 * `set: { owner.team: 'lower(headers.team)', checked: true }`.
 *
 * All expressions see the event as it came, so their order means nothing. Maps on the way are made where they are
 * absent or null; lists are never made longer. An empty optional (`value.?team`) leaves its field alone. A deletion
 * passes as it is.
 */
export const set = defineProcessor({
  type: 'set',
  summary: 'Sets fields of the value to what expressions compute.',
  config,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  create(config, { expressions }) {
    const assign = createAssigner(Object.keys(config).map(parseFieldPath))
    const computes = Object.values(config).map((source): ((event: Event) => Json | undefined) =>
      typeof source === 'object' && source !== null ? expressions.optional(source) : () => source,
    )
    return {
      each(event) {
        if (event.value === null) return 'pass'
        const contents = computes.map((compute) => compute(event))
        if (contents.some((content) => content !== undefined)) event.value = assign(event.value, contents)
        return 'pass'
      },
    }
  },
})

function reportIssue(check: () => unknown, context: z.core.$RefinementCtx, path: readonly string[]): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof StoplogError)) throw error
    const message = `${error.message}; ${error.fix}`
    context.addIssue({ code: 'custom', message, path: [...path], params: { code: error.code } })
  }
}
