import { expect, test } from 'vitest'
import { key } from '../../../processors/key/key.ts'
import type { Json } from '../../../schemas/json.ts'
import { createStep } from '../../support/step.ts'

test.for<[string, Json, string]>([
  ['value.id', { id: 'f-1' }, 'f-1'],
  ['value.id', { id: '' }, ''],
  ['value.id', { id: 7 }, '7'],
  ['value.id', { id: 1.5 }, '1.5'],
  ['value.id', { id: -0 }, '0'],
  ['value.id', { id: true }, 'true'],
  ['value.id', { id: { b: 1, a: [2, { d: null, c: 'x' }] } }, '{"a":[2,{"c":"x","d":null}],"b":1}'],
  ['[value.a, value.b]', { a: 'x', b: 'y' }, '["x","y"]'],
  ['value.id', { id: [] }, '[]'],
  ["value.a + '/' + key", { a: 'x' }, 'x/old'],
  ['timestamp(time)', {}, '1970-01-01T00:00:00Z'],
])('%s of %j', async ([config, value, text]) => {
  const { outcome, event } = (await createStep(key, config))({ value, key: 'old', time: 0 })
  expect([outcome, event.key, event.valueChanged]).toEqual(['pass', text, false])
})

test('two orders of the same fields are one key', async () => {
  const step = await createStep(key, 'value')
  expect(step({ bytes: '{"a":1,"b":2}' }).event.key).toBe(step({ bytes: '{"b":2.0,"a":1}' }).event.key)
})

test.for<[string, string, string]>([
  ['value.id', '{"id":null}', 'E_KEY_NULL'],
  ['value', 'null', 'E_KEY_NULL'],
  ['value.id', '{}', 'E_FIELD_MISSING'],
  ['value.?id', '{}', 'E_FIELD_MISSING'],
  ['value.id', '{"id":12345678901234567890}', 'E_NUMBER_UNSAFE'],
  ['value.o', '{"o":{"id":12345678901234567890}}', 'E_NUMBER_UNSAFE'],
])('%s of %s keeps the old key and fails with %s', async ([config, bytes, code]) => {
  const { outcome, event } = (await createStep(key, config))({ bytes, key: 'old' })
  expect([outcome, event.key]).toEqual([code, 'old'])
})
