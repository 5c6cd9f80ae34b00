import { type CelFunction, defineFunction } from '../cel-function.ts'
import { NUMBER } from '../cel-type.ts'
import { characterCount } from '../characters.ts'
import { sized } from '../parameters.ts'

export const COLLECTION_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'size',
    form: 'both',
    parameters: [sized('of')],
    result: NUMBER,
    summary: 'The number of characters of a text, of elements of a list or of fields of a map.',
    example: { expression: "size(['a', 'b'])", result: 2 },
    compute([of]) {
      if (typeof of === 'string') return characterCount(of)
      return Array.isArray(of) ? of.length : Object.keys(of).length
    },
  }),
]
