import { z } from 'zod'
import { fieldPattern } from '../field-path.ts'
import { createRewriter } from '../field-rewrite.ts'
import { defineProcessor } from '../processor.ts'

const config = z
  .union([fieldPattern.transform((pattern) => [pattern]), z.array(fieldPattern).min(1, 'expected at least one path')])
  .meta({ description: 'a path below the value, or a list of them' })

/** `remove: [raw, 'findings.*.code', '**.debug']`. What is not there is no error. A deletion passes as it is. */
export const remove = defineProcessor({
  type: 'remove',
  summary: 'Removes fields and elements of the value.',
  config,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  create(config) {
    const rewrite = createRewriter(config)
    return {
      each(event) {
        const { value } = event
        const rest = rewrite(value, () => undefined)
        if (rest !== value) event.value = rest
        return 'pass'
      },
    }
  },
})
