import { expect, test } from 'vitest'
import { BoundedCache } from '../../../processors/bounded-cache.ts'

test('a result is computed once, and the one longest unused is forgotten', () => {
  const computed: string[] = []
  const cache = new BoundedCache<string, string>(2)
  const get = (key: string): string =>
    cache.get(key, () => {
      computed.push(key)
      return key.toUpperCase()
    })
  expect([get('a'), get('b'), get('a'), get('c'), get('a'), get('b')]).toEqual(['A', 'B', 'A', 'C', 'A', 'B'])
  expect(computed).toEqual(['a', 'b', 'c', 'b'])
  expect(cache.size).toBe(2)
})

test('a computation that throws leaves nothing behind', () => {
  const cache = new BoundedCache<string, string>(2)
  expect(() =>
    cache.get('a', () => {
      throw new Error('no')
    }),
  ).toThrow('no')
  expect(cache.size).toBe(0)
  expect(cache.get('a', () => 'A')).toBe('A')
})
