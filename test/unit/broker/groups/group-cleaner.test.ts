import { describe, expect, test } from 'vitest'
import { CoordinatorDriver } from '../../../support/coordinator-driver.ts'

describe('cleaning', () => {
  test('removes offsets after their retention, and the empty group with them', async () => {
    const driver = new CoordinatorDriver({ offsetsRetentionMs: 1_000_000, cleanIntervalMs: 100_000 })
    await driver.commit('g', 1)
    await driver.scheduler.advance(900_000)
    expect(driver.committed('g')).toBe(1)
    await driver.scheduler.advance(100_000)
    expect(driver.committed('g')).toBeNull()
    expect(driver.coordinator.groups()).toEqual([])
    expect(driver.store.durableKeys).toEqual([])
  })

  test('removes empty groups without offsets, but not one that somebody is about to join', async () => {
    const driver = new CoordinatorDriver({ offsetsRetentionMs: null, cleanIntervalMs: 100_000 })
    const [id = ''] = await driver.stable('gone', 'a')
    await driver.leave('gone', id)
    await driver.scheduler.advance(99_000)
    const pending = await driver.join('coming', { memberIdRequired: true })
    await driver.scheduler.advance(1_000)
    expect(driver.coordinator.groups().map(({ groupId }) => groupId)).toEqual(['coming'])
    const joining = driver.join('coming', { memberId: pending?.memberId ?? '' })
    await driver.scheduler.advance(0)
    expect((await joining)?.error).toBe('NONE')
  })

  test('leaves offsets that are just being committed', async () => {
    const driver = new CoordinatorDriver({ cleanIntervalMs: 100_000 })
    driver.store.hold()
    const committing = driver.commit('g', 1)
    await driver.scheduler.advance(100_000)
    driver.store.release()
    expect(await committing).toBe('NONE')
    expect(driver.committed('g')).toBe(1)
  })

  test('that cannot be written is tried again', async () => {
    const driver = new CoordinatorDriver({ offsetsRetentionMs: 1_000, cleanIntervalMs: 100_000 })
    await driver.commit('h', 1)
    driver.store.failNext()
    await driver.scheduler.advance(100_000)
    expect(driver.committed('h')).toBe(1)
    await driver.scheduler.advance(100_000)
    expect(driver.committed('h')).toBeNull()
  })
})
