import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { z } from 'zod'
import type { ContractCase } from './contract-case.ts'

interface Definition {
  readonly type: string
  readonly summary: string
  readonly config: z.ZodType
}

/** What a config has to hold to be tried. */
export interface ConfigSubject {
  /** What stands after `with:`. */
  readonly config: unknown
  /** Texts in the config that must never be shown. */
  readonly secrets?: readonly string[]
}

type Schema = Readonly<Record<string, unknown>>

/** Promises about the definition of a plugin, the same for sources and sinks. */
export function configContract(definition: Definition, setup: () => Promise<ConfigSubject>): readonly ContractCase[] {
  return [
    {
      name: 'it is named and summed up',
      async run() {
        assert.match(definition.type, /^[a-z][a-z0-9-]*$/)
        assert.match(definition.summary, /^[A-Z].*\.$/, 'the summary is a sentence')
      },
    },
    {
      name: 'an unknown key of its config is an error',
      async run() {
        const { config } = await setup()
        assert.ok(definition.config.safeParse(config).success, 'the config of the contract is valid')
        const misspelt = { ...(config as object), no_such_key: 1 }
        assert.ok(!definition.config.safeParse(misspelt).success, 'an unknown key was accepted')
      },
    },
    {
      name: 'every field of its config is described, and has a JSON Schema for editors',
      async run() {
        const schema: Schema = z.toJSONSchema(definition.config, { io: 'input' })
        assert.deepEqual(undescribed(schema, ''), [], 'fields without a description')
      },
    },
    {
      name: 'a secret in its config is never shown',
      async run() {
        const { config, secrets = [] } = await setup()
        const parsed = definition.config.parse(config)
        const shown = `${JSON.stringify(parsed)} ${inspect(parsed, { depth: 10 })}`
        for (const secret of secrets) assert.ok(!shown.includes(secret), 'a secret was shown')
      },
    },
  ]
}

function undescribed(schema: Schema, path: string): readonly string[] {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>
  return Object.entries(properties).flatMap(([name, property]) => {
    const place = path === '' ? name : `${path}.${name}`
    return [...(typeof property['description'] === 'string' ? [] : [place]), ...undescribed(property, place)]
  })
}
