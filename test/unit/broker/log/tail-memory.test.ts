import { expect, test } from 'vitest'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import type { PartitionLog } from '../../../../broker/log/partition-log.ts'
import { batchOf, createLog, openStore, readValues } from '../../../support/log-store.ts'

/** A batch as it stands in a request of so many bytes, with others of it. */
function inRequest(bytes: number, ...values: readonly string[]): readonly Buffer[] {
  const request = Buffer.from(new ArrayBuffer(bytes))
  let at = 0
  return values.map((value) => {
    const batch = batchOf(value)
    batch.copy(request, at)
    at += batch.length
    return request.subarray(at - batch.length, at)
  })
}

async function untilDropped(log: PartitionLog): Promise<void> {
  while (!log.tail.isEmpty) await new Promise((resolve) => setImmediate(resolve))
}

test('a small batch of a large request does not keep the request in memory', async () => {
  const open = await openStore(new MemoryStorage(), { tailBytes: 100_000 })
  const log = await createLog(open)
  for (const batch of inRequest(1_000_000, 'a', 'b')) await open.store.append(log, batch).durable
  await untilDropped(log)
  expect(open.store.isBehind).toBe(false)
  expect(await readValues(log)).toEqual(['a', 'b'])
})

test('the batches of one request count once', async () => {
  const open = await openStore(new MemoryStorage(), { tailBytes: 100_000 })
  const log = await createLog(open)
  const values = Array.from({ length: 20 }, (_, index) => `${index}`)
  for (const batch of inRequest(90_000, ...values)) await open.store.append(log, batch).durable
  expect(log.tail.batches()).toHaveLength(20)
  for (const batch of inRequest(90_000, 'next')) await open.store.append(log, batch).durable
  while (log.tail.batches().length > 1) await new Promise((resolve) => setImmediate(resolve))
  expect(await readValues(log)).toEqual([...values, 'next'])
})

test('a log that is removed takes its memory with it', async () => {
  const open = await openStore(new MemoryStorage(), { tailBytes: 100_000 })
  const [gone, kept] = [await createLog(open), await createLog(open, {}, 'kept')]
  for (const batch of inRequest(90_000, 'a')) await open.store.append(gone, batch).durable
  await open.store.removeLog(gone)
  for (const batch of inRequest(90_000, 'b')) await open.store.append(kept, batch).durable
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(kept.tail.batches()).toHaveLength(1)
})
