import assert from 'node:assert/strict'
import { z } from 'zod'
import type { ProcessorPlugin } from '../processor.ts'
import { createProcessorContext } from './processor-context.ts'
import { type EventFields } from './working-event.ts'
import { deepFreeze, openStep, type Result, runStep } from './step-run.ts'

export interface ProcessorContractSetup {
  /** The config as it stands in a document. */
  readonly config: unknown
  /** Events that the step handles without a failure, in order. */
  readonly events: readonly EventFields[]
  /** An event that fails, where the step can refuse one. */
  readonly failing?: EventFields
  /** The keys of the config are the user's own, so that none is unknown. */
  readonly freeConfig?: boolean
  /** Folder that relative paths of the config start from. */
  readonly baseDir?: string
}

/** One test of the contract; `run` rejects when it is not kept. For any test runner. */
export interface ContractTest {
  readonly name: string
  readonly run: () => Promise<void>
}

/** What every step has to keep, built in or of a user's own. */
export function processorContract(plugin: ProcessorPlugin, setup: ProcessorContractSetup): readonly ContractTest[] {
  return [
    ...declarationTests(plugin, setup),
    ...behaviourTests(plugin, setup),
    ...(setup.failing === undefined ? [] : failureTests(plugin, setup, setup.failing)),
  ]
}

const HOSTILE: readonly EventFields[] = [
  { value: null, offset: 900 },
  { bytes: 'not JSON', offset: 901 },
  { bytes: new Uint8Array([0xff, 0xfe, 0x00]), offset: 902 },
  { bytes: '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}', offset: 903 },
  { bytes: `${'['.repeat(20_000)}${']'.repeat(20_000)}`, offset: 904 },
  { bytes: '12345678901234567890', offset: 905 },
  { value: 'text', key: null, offset: 906 },
  { value: [], key: '', offset: 907 },
]

function declarationTests(plugin: ProcessorPlugin, setup: ProcessorContractSetup): readonly ContractTest[] {
  const { definition } = plugin
  return [
    {
      name: 'it has a name, a summary and a place',
      async run() {
        assert.equal(plugin.kind, 'processor')
        assert.match(definition.type, /^[a-z][a-z0-9-]*$/)
        assert.match(definition.summary, /^[A-Z].*\.$/, 'the summary is one sentence')
        assert.ok(definition.places.length > 0)
        if (definition.stateful) assert.deepEqual(definition.places, ['stream'], 'state is kept in streams only')
      },
    },
    {
      name: 'its config is what the setup says, and nothing unknown',
      async run() {
        const parsed = definition.config.safeParse(setup.config)
        assert.ok(parsed.success, parsed.success ? '' : z.prettifyError(parsed.error))
        if (setup.freeConfig === true) return
        const others = typeof setup.config === 'object' && setup.config !== null ? setup.config : {}
        const unknown = definition.config.safeParse({ ...others, no_such_setting: 1 })
        assert.equal(unknown.success, false, 'an unknown key is refused')
      },
    },
    {
      name: 'its config has a JSON Schema with descriptions',
      async run() {
        const schema = z.toJSONSchema(definition.config, { io: 'input' })
        assert.doesNotThrow(() => JSON.stringify(schema))
        for (const [name, property] of Object.entries(schema.properties ?? {})) {
          const description = typeof property === 'object' ? property.description : undefined
          assert.ok(description, `${name} has a description`)
        }
      },
    },
    {
      name: 'its check at load passes, twice',
      async run() {
        const config: unknown = definition.config.parse(setup.config)
        const context = { baseDir: setup.baseDir ?? process.cwd() }
        await definition.check?.(config, context)
        await definition.check?.(config, context)
      },
    },
    {
      name: 'it can be closed more than once, and without having run',
      async run() {
        const step = await openStep(plugin, setup)
        await step.close?.()
        await step.close?.()
      },
    },
    {
      name: 'it asks for state only when it says so',
      async run() {
        const context = createProcessorContext({ ...setup, stateful: definition.stateful })
        const config: unknown = definition.config.parse(setup.config)
        const step = await definition.create(config, context)
        await runStep(step, setup.events)
        await step.close?.()
      },
    },
  ]
}

function behaviourTests(plugin: ProcessorPlugin, setup: ProcessorContractSetup): readonly ContractTest[] {
  return [
    {
      name: 'each event has one outcome, and none fails',
      async run() {
        const results = await runOnce(plugin, setup, setup.events)
        assert.equal(results.length, setup.events.length)
        for (const { outcome } of results) assert.ok(!outcome.startsWith('failed'), outcome)
      },
    },
    {
      name: 'the same events give the same on every run',
      async run() {
        const first = await runOnce(plugin, setup, setup.events)
        assert.deepEqual(await runOnce(plugin, setup, setup.events), first)
      },
    },
    {
      name: 'what stands before a sink gives the same when an event comes again',
      async run() {
        if (!plugin.definition.places.includes('sink')) return
        const step = await openStep(plugin, setup)
        const first = await runStep(step, setup.events)
        assert.deepEqual(await runStep(step, setup.events), first)
        await step.close?.()
      },
    },
    {
      name: 'a value is never changed in place, and bytes not at all',
      async run() {
        await runOnce(plugin, setup, setup.events, (event) => {
          deepFreeze(event.value)
          const before = event.bytes === null ? null : Buffer.from(event.bytes)
          return () => assert.deepEqual(event.bytes === null ? null : Buffer.from(event.bytes), before)
        })
      },
    },
    {
      name: 'any input leads to an outcome or to an expected error',
      async run() {
        const before = Object.getOwnPropertyNames(Object.prototype)
        const results = await runOnce(plugin, setup, HOSTILE)
        assert.equal(results.length, HOSTILE.length)
        for (const { outcome } of results) assert.ok(!outcome.includes('E_BUG'), outcome)
        assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before)
      },
    },
  ]
}

function failureTests(
  plugin: ProcessorPlugin,
  setup: ProcessorContractSetup,
  failing: EventFields,
): readonly ContractTest[] {
  return [
    {
      name: 'an event that fails says why, with a way out',
      async run() {
        const [result] = await runOnce(plugin, setup, [failing])
        assert.ok(result !== undefined && result.outcome.startsWith('failed E_'), result?.outcome)
        assert.notEqual(result.fix, '')
      },
    },
    {
      name: 'an event that fails touches no other',
      async run() {
        const alone = await runOnce(plugin, setup, setup.events)
        const among = await runOnce(plugin, setup, [failing, ...setup.events.flatMap((event) => [event, failing])])
        assert.deepEqual(
          among.filter((_, index) => index % 2 === 1),
          alone,
        )
      },
    },
  ]
}

async function runOnce(
  plugin: ProcessorPlugin,
  setup: ProcessorContractSetup,
  events: readonly EventFields[],
  watch?: Parameters<typeof runStep>[2],
): Promise<readonly Result[]> {
  const step = await openStep(plugin, setup)
  try {
    return await runStep(step, events, watch)
  } finally {
    await step.close?.()
  }
}
