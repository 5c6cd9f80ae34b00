import { describe, expect, test } from 'vitest'
import type { Json } from '../../../../schemas/json.ts'
import { applyMasks, MASK_POINTER, parseMask } from '../../../../processors/policy/mask.ts'

const value: Json = {
  token: 's3cret',
  user: { name: 'ann', 'a/b': 1, 'c~d': 2 },
  list: [{ id: 1 }, { id: 2 }],
  none: null,
}

describe('what is left of a value', () => {
  test.for<readonly [pointer: string, rest: Json]>([
    ['/input/token', { user: value['user']!, list: value['list']!, none: null }],
    ['/input/none', { token: 's3cret', user: value['user']!, list: value['list']! }],
    ['/input/user/name', { ...value, user: { 'a/b': 1, 'c~d': 2 } }],
    ['/input/user/a~1b', { ...value, user: { name: 'ann', 'c~d': 2 } }],
    ['/input/user/c~0d', { ...value, user: { name: 'ann', 'a/b': 1 } }],
    ['/input/list/0', { ...value, list: [{ id: 2 }] }],
    ['/input/list/1/id', { ...value, list: [{ id: 1 }, {}] }],
  ])('%s', ([pointer, rest]) => {
    const before = JSON.stringify(value)
    expect(applyMasks(value, [parseMask(pointer)])).toEqual({ value: rest, erased: [pointer] })
    expect(JSON.stringify(value)).toBe(before)
  })

  test.for([
    '/input/absent',
    '/input/token/deeper',
    '/input/none/deeper',
    '/input/list/2',
    '/input/list/-1',
    '/input/list/x',
    '/input/list/0/absent',
    '/input/__proto__',
    '/input/constructor',
  ])('%s names nothing', (pointer) => {
    expect(applyMasks(value, [parseMask(pointer)])).toEqual({ value, erased: [] })
  })

  test('several masks, in order', () => {
    const masks = ['/input/user', '/input/user/name', '/input/token'].map(parseMask)
    expect(applyMasks(value, masks)).toEqual({
      value: { list: value['list'], none: null },
      erased: ['/input/user', '/input/token'],
    })
  })

  test('a field named like a prototype is a field', () => {
    const odd = JSON.parse('{"__proto__":{"a":1,"b":2},"c":3}') as Json
    const { value: rest, erased } = applyMasks(odd, [parseMask('/input/__proto__/a')])
    expect(JSON.stringify(rest)).toBe('{"__proto__":{"b":2},"c":3}')
    expect(erased).toEqual(['/input/__proto__/a'])
  })
})

test.for(['/input/a', '/result/reasons', '/input/a~1b/c~0d', '/input/'])('%s is a pointer', (pointer) => {
  expect(pointer).toMatch(MASK_POINTER)
})

test.for(['/input', '/result', 'input/a', '/data/a', '/input/a~2', '/input/~', ''])('%j is none', (pointer) => {
  expect(pointer).not.toMatch(MASK_POINTER)
})
