import { expect, test } from 'vitest'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import { batchOf, createLog, type OpenStore, openStore, readValues } from '../../../support/log-store.ts'

/** The ends of the names of the files that there are. */
function indexes(storage: MemoryStorage): readonly string[] {
  return [...storage.contents().keys()].filter((path) => path.endsWith('index')).map((path) => path.slice(-25))
}

async function append(open: OpenStore, values: readonly string[]): Promise<void> {
  const log = await createLog(open)
  for (const value of values) await open.store.append(log, batchOf(value)).durable
}

const INDEXES = ['00000000000000000000.index', '00000000000000000000.timeindex'].map((name) => name.slice(-25))

test('a checkpoint does not write the indexes of a small segment, and they are not missed after a crash', async () => {
  const storage = new MemoryStorage()
  const open = await openStore(storage)
  await append(open, ['a', 'b', 'c'])
  await open.store.checkpoint()
  expect(indexes(storage)).toEqual([])
  const crashed = storage.afterPowerLoss()
  const again = await openStore(crashed)
  expect(await readValues(await createLog(again))).toEqual(['a', 'b', 'c'])
  expect((await createLog(again)).damage).toBeNull()
})

test('a large part is written with the indexes at the checkpoint', async () => {
  const storage = new MemoryStorage()
  const open = await openStore(storage, { journalFileBytes: 67_108_864 })
  await append(
    open,
    Array.from({ length: 20 }, () => 'x'.repeat(500_000)),
  )
  await open.store.checkpoint()
  expect(indexes(storage)).toEqual(INDEXES)
})

test('a clean stop and a full segment write them', async () => {
  const storage = new MemoryStorage()
  const open = await openStore(storage)
  await append(open, ['a'])
  await open.store.close()
  expect(indexes(storage)).toEqual(INDEXES)

  const small = await openStore(storage)
  await createLog(small, {})
  small.topics.get('t')!.partitions[0]!.config = {
    ...small.topics.get('t')!.partitions[0]!.config,
    segmentBytes: 200,
  }
  await append(small, ['b', 'c', 'd', 'e'])
  await small.store.checkpoint()
  expect(indexes(storage).length).toBeGreaterThan(INDEXES.length)
})
