import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PROCESSORS } from '../../processors/index.ts'
import { processorContract, type ProcessorContractSetup } from '../../processors/testing/processor-contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'stoplog-contract-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
writeFileSync(
  join(folder, 'finding.schema.json'),
  JSON.stringify({ type: 'object', properties: { severity_id: { type: 'integer' } }, required: ['severity_id'] }),
)

const FINDING = { severity_id: 4, uid: 'f-1', items: [{ id: 1 }, { id: 2 }], user: { email: 'a@example.org' } }
const events = [
  { value: FINDING, key: 'a', offset: 0, time: 1_000 },
  { value: { ...FINDING, severity_id: 1 }, key: 'b', offset: 1, time: 2_000 },
  { value: FINDING, key: 'a', offset: 2, time: 3_000 },
]
const failing = { value: { other: 1 }, offset: 3 }

/** The steps of this folder; `policy` has a file of its own, since it needs a bundle. */
const SETUPS: Readonly<Record<string, ProcessorContractSetup>> = {
  filter: { config: 'value.severity_id >= 3', events, failing },
  map: {
    config: { id: 'value.uid', nested: { severity: 'value.severity_id' }, version: 1 },
    events,
    failing,
    freeConfig: true,
  },
  set: { config: { 'user.severity': 'value.severity_id', checked: true }, events, failing, freeConfig: true },
  remove: { config: ['items[0]', 'user.*', '**.id'], events },
  split: { config: 'value.items', events, failing },
  key: { config: 'value.uid', events, failing },
  parse: {
    config: { format: 'json', field: 'log', big_numbers: 'string' },
    events: [{ value: { log: '{"id":12345678901234567890}' } }, { value: { log: '[]' }, offset: 1 }],
    failing: { value: { log: '{' }, offset: 2 },
  },
  validate: { config: { schema: './finding.schema.json' }, events, failing, baseDir: folder },
  redact: { config: { fields: ['user.email', '**.id'], with: 'hmac', key: 'secret' }, events },
  dedupe: { config: { within: '10m' }, events, failing: { value: 1, key: null, offset: 3 } },
}

for (const plugin of PROCESSORS) {
  const { type } = plugin.definition
  const setup = SETUPS[type]
  if (setup === undefined) continue
  describe(`the step ${type}`, () => {
    test.for(processorContract(plugin, setup))('$name', async ({ run }) => {
      await run()
    })
  })
}

test('every step but policy stands here', () => {
  const types = PROCESSORS.map(({ definition }) => definition.type).filter((type) => type !== 'policy')
  expect(types.sort()).toEqual(Object.keys(SETUPS).sort())
})
