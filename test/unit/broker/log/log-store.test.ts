import { describe, expect, test } from 'vitest'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import { FaultyStorage } from '../../../support/faulty-storage.ts'
import { batchOf, createLog, openStore, readValues } from '../../../support/log-store.ts'

describe('appending', () => {
  test('gives offsets in the order of calls and shows records only when they are durable', async () => {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const storage = new FaultyStorage(new MemoryStorage())
    const open = await openStore(storage)
    const log = await createLog(open)
    storage.fault = (operation) => (operation === 'sync' ? held : undefined)
    const first = open.store.append(log, batchOf('a', 'b'))
    const second = open.store.append(log, batchOf('c'))
    expect([first.header.baseOffset, second.header.baseOffset]).toEqual([0, 2])
    expect(log.nextOffset).toBe(3)
    expect(log.highWatermark).toBe(0)
    expect((await log.read(0, 1_000)).chunks).toEqual([])
    release()
    await Promise.all([first.durable, second.durable])
    expect(log.highWatermark).toBe(3)
    expect(await readValues(log)).toEqual(['a', 'b', 'c'])
  })

  test('reports a failed sync once, acknowledges nothing, and takes nothing more', async () => {
    const storage = new FaultyStorage(new MemoryStorage())
    const open = await openStore(storage)
    const log = await createLog(open)
    await open.store.append(log, batchOf('kept')).durable
    storage.fault = (operation) => {
      if (operation === 'sync') throw new Error('EIO')
    }
    await expect(open.store.append(log, batchOf('x')).durable).rejects.toThrow('EIO')
    storage.fault = () => undefined
    await expect(open.store.append(log, batchOf('y')).durable).rejects.toThrow('EIO')
    await expect(open.store.write([{ key: 'a', value: 1 }])).rejects.toThrow('EIO')
    expect(open.fatal.map(({ message }) => message)).toEqual(['EIO'])
    expect(log.highWatermark).toBe(1)
  })

  test('tells watchers when there is more', async () => {
    const open = await openStore(new MemoryStorage())
    const log = await createLog(open)
    let calls = 0
    const stop = log.watch(() => {
      calls += 1
    })
    await open.store.append(log, batchOf('a')).durable
    stop()
    await open.store.append(log, batchOf('b')).durable
    expect(calls).toBe(1)
  })
})

describe('after a loss of power', () => {
  test('Invariant 1: everything acknowledged is there, whatever else has reached the disk', async () => {
    for (const survives of [() => false, () => true, (_: string, index: number) => index % 2 === 0]) {
      const storage = new MemoryStorage()
      const open = await openStore(storage, { journalFileBytes: 4_096, tailBytes: 2_048 })
      const log = await createLog(open, { 'segment.bytes': '4096' })
      const acknowledged: string[] = []
      for (let i = 0; i < 200; i += 1) {
        const value = `value-${i}-${'x'.repeat(i)}`
        await open.store.append(log, batchOf(value)).durable
        acknowledged.push(value)
      }
      void open.store.append(log, batchOf('promised to nobody'))
      const reopened = await openStore(storage.afterPowerLoss(survives))
      const values = await readValues(await createLog(reopened))
      expect(values.slice(0, 200)).toEqual(acknowledged)
      expect(values.length).toBeLessThanOrEqual(201)
      expect(reopened.logger.lines.filter(({ level }) => level === 'error')).toEqual([])
    }
  })

  test('metadata that was written is there', async () => {
    const storage = new MemoryStorage()
    const open = await openStore(storage)
    await open.store.write([
      { key: 'a', value: 1 },
      { key: 'b', value: { deep: [true] } },
    ])
    await open.store.write([{ key: 'a', value: null }])
    const { store } = await openStore(storage.afterPowerLoss())
    expect([store.get('a'), store.get('b')]).toEqual([undefined, { deep: [true] }])
  })

  test('a topic that was deleted stays deleted, and one of the same name begins empty', async () => {
    const storage = new MemoryStorage()
    const open = await openStore(storage)
    await open.store.append(await createLog(open), batchOf('old')).durable
    const old = open.topics.get('t')
    await open.topics.delete(old!)
    await open.store.append(await createLog(open), batchOf('new')).durable
    const reopened = await openStore(storage.afterPowerLoss())
    expect(await readValues(await createLog(reopened))).toEqual(['new'])
    expect(reopened.topics.get('t')?.id).not.toBe(old?.id)
  })
})

describe('a checkpoint', () => {
  test('leaves nothing in the journal after a clean stop', async () => {
    const storage = new MemoryStorage()
    const open = await openStore(storage)
    const log = await createLog(open)
    await open.store.append(log, batchOf('a', 'b')).durable
    await open.store.close()
    expect([...storage.contents().keys()].filter((path) => path.startsWith('journal/'))).toEqual([])
    expect(await readValues(await createLog(await openStore(storage)))).toEqual(['a', 'b'])
  })

  test('uses released journal files again', async () => {
    const storage = new MemoryStorage()
    const open = await openStore(storage, { journalFileBytes: 2_048 })
    const log = await createLog(open)
    for (let i = 0; i < 300; i += 1) await open.store.append(log, batchOf(`v${i}`)).durable
    await open.store.checkpoint()
    const journals = [...storage.contents().keys()].filter((path) => path.startsWith('journal/'))
    expect(journals.length).toBeLessThanOrEqual(6)
    expect(await readValues(log)).toEqual(Array.from({ length: 300 }, (_, i) => `v${i}`))
  })

  test('keeps a retry of an idempotent producer recognisable', async () => {
    const storage = new MemoryStorage()
    const open = await openStore(storage)
    const log = await createLog(open)
    const { header } = open.store.append(log, idempotentBatch(7, 0))
    await open.store.close()
    const { topics } = await openStore(storage)
    const reopened = topics.get('t')?.partitions[0]
    expect(reopened?.producers.check({ ...header, baseOffset: 0 })).toEqual({
      verdict: 'duplicate',
      baseOffset: 0,
      timestamp: -1,
    })
  })
})

test('deleted records are gone for good, and their segments too', async () => {
  const storage = new MemoryStorage()
  const open = await openStore(storage, { tailBytes: 512 })
  const log = await createLog(open, { 'segment.bytes': '512' })
  for (let i = 0; i < 50; i += 1) await open.store.append(log, batchOf(`v${i}`)).durable
  await open.store.checkpoint()
  const before = log.segments.length
  await open.store.write([{ key: `log-start/${log.logId}`, value: 40 }])
  await log.deleteBefore(40)
  expect(log.segments.length).toBeLessThan(before)
  expect(await readValues(log)).toEqual(Array.from({ length: 10 }, (_, i) => `v${i + 40}`))
  const reopened = await createLog(await openStore(storage.afterPowerLoss()))
  expect(reopened.startOffset).toBe(40)
  expect(await readValues(reopened)).toEqual(Array.from({ length: 10 }, (_, i) => `v${i + 40}`))
})

test('opened read-only, nothing is changed and nothing can be written', async () => {
  const storage = new MemoryStorage()
  const open = await openStore(storage)
  await open.store.append(await createLog(open), batchOf('a')).durable
  const left = storage.afterProcessDeath()
  const before = left.contents()
  const reader = await openStore(left, { readOnly: true })
  expect(await readValues(reader.topics.get('t')!.partitions[0]!)).toEqual(['a'])
  await expect(reader.store.write([{ key: 'x', value: 1 }])).rejects.toThrow('read-only')
  await reader.store.close()
  expect(left.contents()).toEqual(before)
})

function idempotentBatch(producerId: number, baseSequence: number): Buffer {
  const batch = batchOf('a')
  batch.writeBigInt64BE(BigInt(producerId), 43)
  batch.writeInt16BE(0, 51)
  batch.writeInt32BE(baseSequence, 53)
  return batch
}
