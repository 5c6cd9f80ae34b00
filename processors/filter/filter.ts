import { condition } from '../../schemas/expression.ts'
import { defineProcessor } from '../processor.ts'

/** `filter: 'value.severity_id >= 3'`. A deletion comes by as `value == null`. */
export const filter = defineProcessor({
  type: 'filter',
  summary: 'Lets events pass for which a condition holds; the others go no further.',
  config: condition,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  create(config, { expressions }) {
    const holds = expressions.condition(config)
    return { each: (event) => (holds(event) ? 'pass' : 'filtered') }
  },
})
