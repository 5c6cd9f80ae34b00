import { describe, expect, test } from 'vitest'
import type { CommittedOffset } from '../../../../broker/groups/committed-offset.ts'
import { CommittedOffsets } from '../../../../broker/groups/committed-offsets.ts'
import { settle } from '../../../support/manual-scheduler.ts'
import { MemoryMetadataStore } from '../../../support/memory-metadata-store.ts'

function committed(offset: number, changes: Partial<CommittedOffset> = {}): CommittedOffset {
  return { offset, leaderEpoch: -1, metadata: '', commitTimeMs: 5, expireTimeMs: null, ...changes }
}

function change(offset: number | null, partition = 0, topic = 't', groupId = 'g') {
  return { groupId, topic, partition, value: offset === null ? null : committed(offset) }
}

describe('a commit', () => {
  test('is seen when it is durable, and not before', async () => {
    const store = new MemoryMetadataStore()
    const offsets = new CommittedOffsets(store)
    store.hold()
    const written = offsets.write([change(10)])
    await settle()
    expect(offsets.get('g', 't', 0)).toBeNull()
    expect([...offsets.ofGroup('g')]).toEqual([])
    expect([offsets.size, offsets.countOf('g')]).toEqual([1, 1])
    store.release()
    await written
    expect(offsets.get('g', 't', 0)).toEqual(committed(10))
  })

  test('that fails leaves what was there, and nothing where nothing was', async () => {
    const store = new MemoryMetadataStore()
    const offsets = new CommittedOffsets(store)
    await offsets.write([change(10)])
    store.failNext()
    await expect(offsets.write([change(20), change(1, 1)])).rejects.toThrow('the disk is full')
    expect(offsets.get('g', 't', 0)).toEqual(committed(10))
    expect(offsets.has('g', 't', 1)).toBe(false)
    expect(offsets.size).toBe(1)
  })

  test('takes effect in its order, even when the disk reports a later one first', async () => {
    const store = new MemoryMetadataStore()
    const offsets = new CommittedOffsets(store)
    store.hold()
    const first = offsets.write([change(10)])
    const second = offsets.write([change(20)])
    store.releaseNewest()
    await settle()
    expect(offsets.get('g', 't', 0)).toBeNull()
    store.release()
    await Promise.all([first, second])
    expect(offsets.get('g', 't', 0)).toEqual(committed(20))
  })

  test('that fails does not stop those behind it', async () => {
    const store = new MemoryMetadataStore()
    const offsets = new CommittedOffsets(store)
    store.hold()
    const first = offsets.write([change(10)])
    const second = offsets.write([change(20)])
    store.failHeld()
    store.release()
    await expect(first).rejects.toThrow('the disk is full')
    await second
    expect(offsets.get('g', 't', 0)).toEqual(committed(20))
    await offsets.write([change(null)])
    expect(offsets.size).toBe(0)
  })

  test.for([
    ['quotes, slashes and per cent', 'a/b%2F"\\'],
    ['what JavaScript takes for its own', '__proto__'],
    ['nothing', ''],
    ['other scripts', 'группа-🔥-\u0000\u2028'],
  ])('comes back after a restart with names of %s', async ([, name]) => {
    const store = new MemoryMetadataStore()
    const value = committed(2 ** 53 - 1, { metadata: `${name}\n\t`, leaderEpoch: 7, expireTimeMs: 9 })
    await new CommittedOffsets(store).write([{ groupId: name!, topic: name!, partition: 2, value }])
    const reloaded = new CommittedOffsets(store.crash())
    expect(reloaded.get(name!, name!, 2)).toEqual(value)
    expect([...reloaded.groupIds()]).toEqual([name])
  })
})

test('what a group or a topic leaves behind includes commits on their way to the disk', async () => {
  const store = new MemoryMetadataStore()
  const offsets = new CommittedOffsets(store)
  await offsets.write([change(1, 0, 't', 'g'), change(1, 0, 't', 'h'), change(1, 0, 'u', 'h')])
  store.hold()
  const pending = offsets.write([change(2, 1, 't', 'h')])
  const removal = offsets.removalOfTopic('t')
  expect(removal.map(({ groupId, partition }) => [groupId, partition])).toEqual([
    ['g', 0],
    ['h', 0],
    ['h', 1],
  ])
  expect(offsets.removalOfGroup('h')).toHaveLength(3)
  const removed = offsets.write(removal)
  store.release()
  await Promise.all([pending, removed])
  expect(store.durableKeys).toEqual(['offset/h/u/0'])
  expect(new CommittedOffsets(store.crash()).size).toBe(1)
  expect(offsets.size).toBe(1)
})

test.for([null, 'text', 3, {}, { offset: 1 }, { offset: '1', leaderEpoch: 0, metadata: '', commitTimeMs: 0 }])(
  'a record of another shape is damage: %j',
  (value) => {
    const store = new MemoryMetadataStore(new Map([['offset/g/t/0', value]]))
    expect(() => new CommittedOffsets(store)).toThrow(expect.objectContaining({ code: 'E_DATA_DAMAGED' }))
  },
)
