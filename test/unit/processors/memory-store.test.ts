import { expect, test } from 'vitest'
import { createMemoryStore, type MemoryStore, type StoreLimits } from '../../../processors/state/memory-store.ts'
import { StoplogError } from '../../../schemas/stoplog-error.ts'

interface Count {
  readonly n: number
}

function createCounts(limits?: StoreLimits): MemoryStore<Count> {
  return createMemoryStore<Count>(
    {
      name: 'counts',
      encode: ({ n }) => [n],
      decode(json) {
        const n: unknown = Array.isArray(json) ? json[0] : undefined
        if (typeof n === 'number') return { n }
        throw new StoplogError('E_STATE_FORMAT', 'no count')
      },
    },
    limits,
  )
}

test('what was set is there until it is deleted', () => {
  const store = createCounts()
  store.set('a', { n: 1 })
  store.set('b', { n: 2 })
  store.set('a', { n: 3 })
  expect([store.get('a'), store.get('b'), store.get('c'), store.size]).toEqual([{ n: 3 }, { n: 2 }, undefined, 2])
  store.delete('a')
  store.delete('c')
  expect([store.get('a'), store.size]).toEqual([undefined, 1])
})

test('entries come in the order of their last changes', () => {
  const store = createCounts()
  for (const key of ['a', 'b', 'c', 'a']) store.set(key, { n: 1 })
  expect([...store.entries()].map(([key]) => key)).toEqual(['b', 'c', 'a'])
})

test('entries may be deleted on the way', () => {
  const store = createCounts()
  for (const key of ['a', 'b', 'c']) store.set(key, { n: 1 })
  for (const [key] of store.entries()) store.delete(key)
  expect([store.size, store.bytes]).toEqual([0, 0])
})

test('the changes since the last drain are the last state of each key, in the order of their last changes', () => {
  const store = createCounts()
  store.set('a', { n: 1 })
  store.set('b', { n: 2 })
  store.set('a', { n: 3 })
  store.delete('b')
  store.delete('never')
  expect(store.drain()).toEqual([
    { key: 'a', value: [3] },
    { key: 'b', value: null },
  ])
  expect(store.drain()).toEqual([])
  store.set('c', { n: 4 })
  expect(store.drain()).toEqual([{ key: 'c', value: [4] }])
})

test('a changelog brings back contents and order, and is not written again', () => {
  const store = createCounts()
  const changelog = []
  for (const [key, n] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['a', 4],
  ] as const) {
    store.set(key, { n })
    changelog.push(...store.drain())
  }
  store.delete('b')
  changelog.push(...store.drain())
  const restored = createCounts()
  for (const change of changelog) restored.restore(change)
  expect([...restored.entries()]).toEqual([...store.entries()])
  expect([restored.bytes, restored.drain()]).toEqual([store.bytes, []])
})

test('a key that is touched is written again, as it is or as gone, and stays in its place', () => {
  const store = createCounts()
  for (const key of ['a', 'b']) store.set(key, { n: 1 })
  store.drain()
  store.touch('a')
  store.touch('never')
  expect(store.drain()).toEqual([
    { key: 'a', value: [1] },
    { key: 'never', value: null },
  ])
  expect([...store.entries()].map(([key]) => key)).toEqual(['a', 'b'])
})

test('a changelog of another kind is refused', () => {
  expect(() => createCounts().restore({ key: 'a', value: 'x' })).toThrow(
    expect.objectContaining({ code: 'E_STATE_FORMAT' }),
  )
})

test('names of JavaScript are keys like any other', () => {
  const store = createCounts()
  for (const key of ['__proto__', 'constructor', '']) store.set(key, { n: 1 })
  expect([store.size, store.get('__proto__'), store.get('toString')]).toEqual([3, { n: 1 }, undefined])
})

test('at its limit of keys it takes no new one, but changes to the old', () => {
  const store = createCounts({ maxEntries: 2, maxBytes: 1e9 })
  store.set('a', { n: 1 })
  store.set('b', { n: 1 })
  expect(() => store.set('c', { n: 1 })).toThrow(expect.objectContaining({ code: 'E_STATE_FULL' }))
  store.set('a', { n: 2 })
  expect([...store.entries()]).toEqual([
    ['b', { n: 1 }],
    ['a', { n: 2 }],
  ])
  expect(store.drain()).toHaveLength(2)
  store.delete('b')
  store.set('c', { n: 1 })
  expect(store.size).toBe(2)
})

test('at its limit of bytes it takes nothing that makes it larger', () => {
  const store = createCounts({ maxEntries: 100, maxBytes: 1_000 })
  let taken = 0
  expect(() => {
    for (; taken < 100; taken += 1) store.set(`key-${taken}`, { n: taken })
  }).toThrow(expect.objectContaining({ code: 'E_STATE_FULL' }))
  expect(taken).toBeGreaterThan(3)
  expect(taken).toBeLessThan(10)
  expect(store.bytes).toBeLessThanOrEqual(1_000)
  expect(() => store.set('x'.repeat(2_000), { n: 1 })).toThrow(expect.objectContaining({ code: 'E_STATE_FULL' }))
})

test('bytes follow the memory of keys and values', () => {
  const store = createMemoryStore<string>({ name: 'texts', encode: (text) => text, decode: String })
  for (let index = 0; index < 100; index += 1) store.set(String(index), 'x'.repeat(1_000))
  expect(store.bytes).toBeGreaterThan(200_000)
  expect(store.bytes).toBeLessThan(300_000)
  for (let index = 0; index < 100; index += 1) store.set(String(index), '')
  expect(store.bytes).toBeLessThan(20_000)
})
