import { z } from 'zod'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineProcessor } from '../processor.ts'
import { loadSchema } from './schema-file.ts'
import { createSchemaCheck } from './schema-check.ts'

const options = z.strictObject({
  schema: z.string().min(1, 'expected a path').meta({ description: 'a JSON Schema, as a path from the document' }),
  on_invalid: z.enum(['dead_letter', 'drop']).prefault('dead_letter').meta({
    description: 'what happens to events that do not match: dead_letter keeps them, drop leaves them out',
  }),
})

const config = z
  .union(
    [
      z
        .string()
        .min(1)
        .transform((schema) => options.parse({ schema })),
      options,
    ],
    {
      error: 'expected the path of a JSON Schema, or { schema, on_invalid }',
    },
  )
  .meta({ description: 'a JSON Schema (draft-07, 2019-09 or 2020-12), as a path or an object with it' })

/**
 * `validate: ./finding.schema.json`. Patterns of the schema are RE2's, references to other files are refused, and only
 * the first failed places are named. A deletion passes as it is.
 */
export const validate = defineProcessor({
  type: 'validate',
  summary: 'Lets events pass that match a JSON Schema.',
  config,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  async check({ schema }, { baseDir }) {
    createSchemaCheck(await loadSchema(schema, baseDir), schema)
  },
  async create({ schema, on_invalid: onInvalid }, { baseDir }) {
    const check = createSchemaCheck(await loadSchema(schema, baseDir), schema)
    return {
      each(event) {
        if (event.value === null) return 'pass'
        const mismatch = check(event.value)
        if (mismatch === undefined) return 'pass'
        if (onInvalid === 'drop') return 'filtered'
        throw new StoplogError('E_VALUE_INVALID', `the value does not match ${schema}: ${mismatch}`)
      },
    }
  },
})
