import { expect, test } from 'vitest'
import { FrameMemory } from '../../../../broker/protocol/frame-memory.ts'

const SIZE = 65_536

test('memory that everybody has let go of is what the next one gets', () => {
  const memory = new FrameMemory()
  const first = memory.take(SIZE)
  memory.keep(first.subarray(10, 20))
  memory.letGo(first)
  expect(memory.take(SIZE).buffer).not.toBe(first.buffer)
  memory.letGo(first.subarray(10, 20))
  expect(memory.freeBytes).toBe(SIZE)
  const again = memory.take(SIZE - 100)
  expect(again.buffer).toBe(first.buffer)
  expect(again).toHaveLength(SIZE - 100)
  expect(memory.freeBytes).toBe(0)
})

test('a frame of another size gets other memory, and a small one none of it', () => {
  const memory = new FrameMemory()
  const first = memory.take(SIZE)
  memory.letGo(first)
  expect(memory.take(4 * SIZE).buffer).not.toBe(first.buffer)
  const small = memory.take(1_000)
  memory.letGo(small)
  expect(memory.freeBytes).toBe(SIZE)
})

test('whoever lets go too often, or keeps what nobody keeps, is told', () => {
  const memory = new FrameMemory()
  const bytes = memory.take(SIZE)
  memory.letGo(bytes)
  expect(() => memory.letGo(bytes)).toThrow('let go more often')
  expect(() => memory.keep(bytes)).toThrow('after everybody')
})

test('memory that was not taken here is nobody’s business here', () => {
  const memory = new FrameMemory()
  const foreign = Buffer.alloc(SIZE)
  memory.letGo(foreign)
  memory.keep(foreign)
  expect(memory.freeBytes).toBe(0)
})

test('Invariant 6: free memory has a limit, whatever sizes come', () => {
  const memory = new FrameMemory(4 * SIZE)
  const taken = Array.from({ length: 40 }, (_, index) => memory.take(SIZE * (1 + (index % 5))))
  for (const bytes of taken) {
    memory.letGo(bytes)
    expect(memory.freeBytes).toBeLessThanOrEqual(4 * SIZE)
  }
})
