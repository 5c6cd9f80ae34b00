import { expect, test } from 'vitest'
import { set } from '../../../processors/set/set.ts'
import type { Json } from '../../../schemas/json.ts'
import { createStep, refusalOf, valueAfter } from '../../support/step.ts'

const value = { a: 1, user: { name: 'x', team: 't' }, list: [{ id: 1 }, { id: 2 }], text: 'abc', nil: null }

test.for<[string, unknown, Json]>([
  ['a new field', { b: '2' }, { ...value, b: 2 }],
  ['a field that is there', { a: 'value.a + 1' }, { ...value, a: 2 }],
  ['a field below', { 'user.name': 'upper(value.user.name)' }, { ...value, user: { name: 'X', team: 't' } }],
  ['maps on the way', { 'x.y.z': "'deep'" }, { ...value, x: { y: { z: 'deep' } } }],
  ['maps in the place of null', { 'nil.x': '1' }, { ...value, nil: { x: 1 } }],
  ['an element of a list', { 'list[1].id': '9' }, { ...value, list: [{ id: 1 }, { id: 9 }] }],
  ['an odd name', { "user['odd.name']": '1' }, { ...value, user: { ...value.user, 'odd.name': 1 } }],
  ['constants', { b: 2, c: true, d: null }, { ...value, b: 2, c: true, d: null }],
  ['two fields of one map', { 'user.a': '1', 'user.b': '2' }, { ...value, user: { ...value.user, a: 1, b: 2 } }],
  ['a field of the name value', { "['value'].x": '1' }, { ...value, value: { x: 1 } }],
  ['what is empty leaves its field alone', { a: 'value.?missing', b: '1' }, { ...value, b: 1 }],
  ['what is empty makes no maps', { 'x.y': 'value.?missing' }, value],
])('sets %s', async ([, config, expected]) => {
  expect(await valueAfter(set, config, value)).toEqual(expected)
})

test('all expressions see the event as it came', async () => {
  expect(await valueAfter(set, { a: 'value.b', b: 'value.a' }, { a: 1, b: 2 })).toEqual({ a: 2, b: 1 })
})

test('what is not on the way is shared, what is on it is copied', async () => {
  const { event } = (await createStep(set, { 'user.name': "'y'" }))({ value })
  const before = (await createStep(set, { a: 'value.?no' }))({ value }).event.value
  expect(event.value).not.toBe(before)
  const step = await createStep(set, { x: '1' })
  const result = step({ bytes: '{"__proto__":{"p":1},"constructor":2}' }).event.value
  expect(JSON.stringify(result)).toBe('{"__proto__":{"p":1},"constructor":2,"x":1}')
})

test('a path named __proto__ is a field', async () => {
  const result = await valueAfter(set, { 'a.__proto__.polluted': 'true' }, { a: {} })
  expect(JSON.stringify(result)).toBe('{"a":{"__proto__":{"polluted":true}}}')
  expect('polluted' in {}).toBe(false)
})

test.for<[unknown, string]>([
  [{ 'text.x': '1' }, 'text is a string; to set a field in it, it has to be a map'],
  [{ 'list.x': '1' }, 'list is a list; to set a field in it, it has to be a map'],
  [{ 'user[0]': '1' }, 'user is a map; to set a field in it, it has to be a list'],
  [{ 'list[2].id': '1' }, 'list has 2 elements, none at 2'],
  [{ 'missing[0]': '1' }, 'missing is absent; to set a field in it, it has to be a list'],
])('%j fails the event', async ([config, message]) => {
  const { outcome, error, event } = (await createStep(set, config))({ value })
  expect([outcome, error!.message]).toEqual(['E_FIELD_TYPE', message])
  expect([event.value, event.valueChanged]).toEqual([value, false])
})

test('a deletion passes as it is', async () => {
  const { outcome, event } = (await createStep(set, { a: '1' }))({ value: null })
  expect([outcome, event.value, event.valueChanged]).toEqual(['pass', null, false])
})

test('a value that is no map fails', async () => {
  expect((await createStep(set, { a: '1' }))({ value: 'text' }).outcome).toBe('E_FIELD_TYPE')
  expect((await createStep(set, { a: '1' }))({ value: [] }).outcome).toBe('E_FIELD_TYPE')
})

test.for<[unknown, string]>([
  [{}, 'expected at least one field'],
  [{ 'a..b': '1' }, 'E_FIELD_PATH'],
  [{ '': '1' }, 'E_FIELD_PATH'],
  [{ 'a.*': '1' }, 'wildcard'],
  [{ 'value.a': '1' }, 'paths start below'],
  [{ a: '1', 'a.b': '2' }, 'set the same field'],
  [{ 'a.b': '1', a: '2' }, 'set the same field'],
  [{ 'a.b': '1', "a['b']": '2' }, 'set the same field'],
  [{ 'a.b': '1', 'a[0]': '2' }, 'set the same field'],
  [{ a: ['1'] }, 'expected a CEL expression'],
  ['a', 'expected record'],
])('%j is refused', ([config, message]) => {
  expect(refusalOf(set, config)).toContain(message)
})
