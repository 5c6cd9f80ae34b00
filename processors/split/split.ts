import { expression } from '../../schemas/expression.ts'
import type { WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { defineProcessor } from '../processor.ts'

const list = expression.transform((source) => ({ ...source, expected: 'list' as const }))

/**
 * `split: 'value.Results'`. Each element is the value of an event of its own, with the key, headers and time of the
 * whole and an id made of its id and the place in the list. An empty list leaves none, and counts as filtered.
 */
export const split = defineProcessor({
  type: 'split',
  summary: 'Makes an event of each element of a list.',
  config: list,
  places: ['source', 'stream'],
  stateful: false,
  changesKey: false,
  create(config, { expressions }) {
    const compute = expressions.compile(config)
    return {
      each(event) {
        const elements = compute(event)
        if (!isList(elements)) {
          throw new StoplogError('E_SPLIT', `\`${config.text}\` gives no list`, {
            fix: 'write [value] for one event, or filter such events before',
          })
        }
        return splitInto(event, elements)
      },
    }
  },
})

/** The events of a list's elements. Throws E_SPLIT for too many, and for null, which would be a deletion. */
export function splitInto(event: WorkingEvent, elements: readonly Json[]): 'filtered' | readonly WorkingEvent[] {
  const limit = PROCESSOR_LIMITS.maxSplitEvents.default
  if (elements.length > limit) {
    throw new StoplogError('E_SPLIT', `the list has ${elements.length} elements; ${limit} are allowed`, {
      fix: 'have the source write smaller reports',
    })
  }
  const nowhere = elements.indexOf(null)
  if (nowhere !== -1) throw new StoplogError('E_SPLIT', `element ${nowhere} is null, and would delete what has its key`)
  return elements.length === 0 ? 'filtered' : elements.map((element, index) => event.derive(element, index))
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
