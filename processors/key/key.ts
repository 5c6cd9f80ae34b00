import { expression } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { canonicalJson } from '../canonical-json.ts'
import { defineProcessor } from '../processor.ts'

/** `key: 'value.resources[0].uid'`. Events of one key keep their order and come to one partition. */
export const key = defineProcessor({
  type: 'key',
  summary: 'Gives each event the record key that an expression computes.',
  config: expression,
  places: ['source', 'stream'],
  stateful: false,
  changesKey: true,
  create(config, { expressions }) {
    const compute = expressions.compile(config)
    return {
      each(event) {
        const result = compute(event)
        if (result === null) {
          throw new StoplogError('E_KEY_NULL', `the key \`${config.text}\` is null`, {
            fix: "give another key for such events: coalesce(…, 'none'), or filter them before",
          })
        }
        event.key = toKeyText(result)
        return 'pass'
      },
    }
  },
})

/** The text of a key: a string as it is, a number or boolean in its text, a list or map as canonical JSON. */
export function toKeyText(value: Exclude<Json, null>): string {
  return typeof value === 'string' ? value : canonicalJson(value)
}
