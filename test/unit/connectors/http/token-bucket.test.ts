import { describe, expect, test } from 'vitest'
import { TokenBucket } from '../../../../connectors/http/token-bucket.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'

function taken(bucket: TokenBucket, attempts: number): number {
  let count = 0
  for (let n = 0; n < attempts; n += 1) if (bucket.take() === 0) count += 1
  return count
}

describe('a rate', () => {
  test('lets a second of it through at once, and then so many per second', () => {
    const clock = new ManualClock()
    const bucket = new TokenBucket(10, clock)
    expect(taken(bucket, 100)).toBe(10)
    clock.advance(500)
    expect(taken(bucket, 100)).toBe(5)
    clock.advance(60_000)
    expect(taken(bucket, 100)).toBe(10)
  })

  test('tells how long to wait, and keeps it', () => {
    const clock = new ManualClock()
    const bucket = new TokenBucket(2, clock)
    expect(taken(bucket, 2)).toBe(2)
    expect(bucket.take()).toBe(500)
    clock.advance(499)
    expect(bucket.take()).toBe(1)
    clock.advance(1)
    expect(bucket.take()).toBe(0)
  })

  test('stands still when the clock is set back', () => {
    const clock = new ManualClock()
    const bucket = new TokenBucket(2, clock)
    expect(taken(bucket, 2)).toBe(2)
    clock.advance(-3_600_000)
    expect(bucket.take()).toBe(500)
    clock.advance(500)
    expect(bucket.take()).toBe(0)
  })
})
