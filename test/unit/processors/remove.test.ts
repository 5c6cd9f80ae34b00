import { expect, test } from 'vitest'
import { remove } from '../../../processors/remove/remove.ts'
import type { Json } from '../../../schemas/json.ts'
import { createStep, refusalOf, valueAfter } from '../../support/step.ts'

const value = {
  raw: 'x',
  user: { name: 'n', password: 'p', 'odd.name': 1 },
  items: [
    { id: 1, debug: { password: 'q' } },
    { id: 2, debug: null },
  ],
}

test.for<[unknown, Json]>([
  ['raw', { user: value.user, items: value.items }],
  [['raw', 'items'], { user: value.user }],
  [['user.name'], { ...value, user: { password: 'p', 'odd.name': 1 } }],
  [["user['odd.name']"], { ...value, user: { name: 'n', password: 'p' } }],
  [['user.*'], { ...value, user: {} }],
  [['items[0]'], { ...value, items: [{ id: 2, debug: null }] }],
  [['items[*].debug'], { ...value, items: [{ id: 1 }, { id: 2 }] }],
  [['items.*.debug'], { ...value, items: [{ id: 1 }, { id: 2 }] }],
  [
    ['**.password'],
    {
      raw: 'x',
      user: { name: 'n', 'odd.name': 1 },
      items: [
        { id: 1, debug: {} },
        { id: 2, debug: null },
      ],
    },
  ],
  [
    ['items.**.password'],
    {
      ...value,
      items: [
        { id: 1, debug: {} },
        { id: 2, debug: null },
      ],
    },
  ],
  [
    ['**.debug.**.password'],
    {
      ...value,
      items: [
        { id: 1, debug: {} },
        { id: 2, debug: null },
      ],
    },
  ],
  [['*'], {}],
  [['**'], {}],
  [['items[9]', 'no.such', 'raw.x', '**.absent'], value],
])('%j', async ([config, expected]) => {
  expect(await valueAfter(remove, config, value)).toEqual(expected)
})

test('where nothing is removed, nothing is written anew', async () => {
  const step = await createStep(remove, ['no.such', '**.absent'])
  expect(step({ value }).event.valueChanged).toBe(false)
  expect(step({ value: null })).toMatchObject({ outcome: 'pass', event: { valueChanged: false } })
})

test('names of JavaScript are names like any other', async () => {
  const step = await createStep(remove, ['constructor', 'a.__proto__'])
  const { event } = step({ bytes: '{"constructor":1,"a":{"__proto__":{"x":1},"b":2},"__proto__":3}' })
  expect(JSON.stringify(event.value)).toBe('{"a":{"b":2},"__proto__":3}')
  expect(step({ value: { a: { b: 1 } } }).event.valueChanged).toBe(false)
})

test('a value nested too deeply fails instead of ending the stack', async () => {
  const step = await createStep(remove, ['**.x'])
  expect(step({ bytes: `${'['.repeat(50_000)}${']'.repeat(50_000)}` }).outcome).toBe('E_VALUE_DEPTH')
})

test.for<[unknown, string]>([
  [[], 'at least one path'],
  ['a..b', 'E_FIELD_PATH'],
  ['.a', 'E_FIELD_PATH'],
  ['a.', 'E_FIELD_PATH'],
  ['a[', 'E_FIELD_PATH'],
  ['a[-1]', 'E_FIELD_PATH'],
  ['a b', 'E_FIELD_PATH'],
  ["a['b", 'E_FIELD_PATH'],
  ['***', 'E_FIELD_PATH'],
  ['a*', 'E_FIELD_PATH'],
  ['value.a', 'paths start below'],
  ['value[0]', 'paths start below'],
  ['', 'empty'],
  [5, 'expected'],
])('%j is refused', ([config, message]) => {
  expect(refusalOf(remove, config)).toContain(message)
})
