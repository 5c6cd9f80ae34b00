import { describe, expect, test } from 'vitest'
import { ENTRY_HEADER_BYTES } from '../../../../broker/log/journal-entry.ts'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import type { PartitionLog } from '../../../../broker/log/partition-log.ts'
import { BLOCK_BYTES } from '../../../../broker/log/storage.ts'
import { batchOf, createLog, openStore, readValues } from '../../../support/log-store.ts'

/** A cleanly closed log of four batches in one segment, as files. */
async function closedLog(): Promise<{ files: ReadonlyMap<string, Buffer>; path: string; ends: readonly number[] }> {
  const storage = new MemoryStorage()
  const open = await openStore(storage)
  const log = await createLog(open)
  const ends: number[] = []
  let size = 0
  for (const values of [['a', 'b'], ['c'], ['d', 'e', 'f'], ['g']]) {
    const batch = batchOf(...values)
    size += batch.length
    ends.push(size)
    await open.store.append(log, batch).durable
  }
  await open.store.close()
  const files = storage.contents()
  const path = [...files.keys()].find((name) => name.endsWith('.log')) ?? ''
  return { files, path, ends }
}

const ALL = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
/** Records in the first n batches. */
const RECORDS = [0, 2, 3, 6, 7]

/** Opens the files with one of them changed. */
async function openWith(files: ReadonlyMap<string, Buffer>, path: string, content: Buffer) {
  const storage = new MemoryStorage(new Map([...files, [path, content]]))
  const open = await openStore(storage)
  return { storage, open, log: await createLog(open) }
}

describe('a log that is cut', () => {
  test('at any byte of its last two batches comes back with exactly the whole ones, and goes on', async () => {
    const { files, path, ends } = await closedLog()
    const whole = files.get(path)!
    expect(whole.length).toBe(ends.at(-1))
    for (let size = ends[1]!; size < whole.length; size += 1) {
      const { open, log, storage } = await openWith(files, path, whole.subarray(0, size))
      const batches = ends.filter((end) => end <= size).length
      expect(await readValues(log), `cut at ${size}`).toEqual(ALL.slice(0, RECORDS[batches]))
      // That acknowledged records are missing is said, loudly.
      expect(open.logger.lines.some(({ level }) => level === 'warn')).toBe(true)
      const cut = [...storage.contents()].filter(([name]) => name.endsWith('.cut'))
      expect(cut.map(([, content]) => content.length)).toEqual(
        size > ends[batches - 1]! ? [size - ends[batches - 1]!] : [],
      )
      await open.store.append(log, batchOf('next')).durable
      expect((await readValues(log)).at(-1)).toBe('next')
      const again = await createLog(await openStore(storage.afterPowerLoss()))
      expect((await readValues(again)).at(-1)).toBe('next')
    }
  })
})

describe('a flipped byte', () => {
  test('in the last batch cuts that batch off and keeps it aside', async () => {
    const { files, path, ends } = await closedLog()
    const whole = files.get(path)!
    for (let at = ends[2]!; at < whole.length; at += 1) {
      const content = Buffer.from(whole)
      content[at]! ^= 0x40
      const { log, storage } = await openWith(files, path, content)
      expect(await readValues(log), `byte ${at - ends[2]!} of the batch`).toEqual(ALL.slice(0, 6))
      const kept = [...storage.contents()].find(([name]) => name.endsWith('.cut'))
      expect(kept?.[1].equals(content.subarray(ends[2]))).toBe(true)
    }
  })

  test('in a batch before a good one is damage: served up to there, no writes, nothing deleted', async () => {
    const { files, path, ends } = await closedLog()
    const whole = files.get(path)!
    for (let at = ends[1]!; at < ends[2]!; at += 1) {
      const content = Buffer.from(whole)
      content[at]! ^= 0x40
      const { open, log, storage } = await openWith(files, path, content)
      expect(await readValues(log), `byte ${at - ends[1]!} of the batch`).toEqual(ALL.slice(0, 3))
      expect(log.damage).toMatchObject({ action: 'damaged', offset: 3, position: ends[1] })
      expect(open.logger.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ code: 'E_DATA_DAMAGED' })
      expect(storage.contents().get(path)?.equals(content)).toBe(true)
    }
  })

  test('that is damage stays damage at every further start, until the records are there again', async () => {
    const { files, path, ends } = await closedLog()
    const whole = files.get(path)!
    const content = Buffer.from(whole)
    content[ends[1]! + 70]! ^= 0x40
    let { open, log, storage } = await openWith(files, path, content)
    for (let start = 0; start < 3; start += 1) {
      expect(log.damage).toMatchObject({ offset: 3 })
      expect(await readValues(log)).toEqual(ALL.slice(0, 3))
      expect(storage.contents().get(path)?.equals(content)).toBe(true)
      expect(open.logger.lines.find(({ level }) => level === 'error')?.fields['fix']).toContain('restore the partition')
      if (start === 1) await open.store.close()
      ;({ open, log, storage } = await openWith(storage.afterProcessDeath().contents(), path, content))
    }
    const restored = await openWith(storage.contents(), path, whole)
    expect(restored.log.damage).toBeNull()
    expect(await readValues(restored.log)).toEqual(ALL)
    await restored.open.store.append(restored.log, batchOf('next')).durable
    expect(await readValues(restored.log)).toEqual([...ALL, 'next'])
  })
})

/** The journal is kept aside, and a further start still knows that acknowledged records are missing. */
async function expectDamageToStay(storage: MemoryStorage, log: PartitionLog, journal: Buffer): Promise<void> {
  const kept = [...storage.contents()].find(([name]) => name.endsWith('.journal.damaged'))
  expect(kept?.[1].equals(journal)).toBe(true)
  const again = await createLog(await openStore(storage.afterProcessDeath()))
  expect(again.damage).toMatchObject({ action: 'damaged', offset: log.nextOffset })
  expect(await readValues(again)).toEqual(await readValues(log))
}

/** Every byte but for the inside of padding, of which a few do. */
function placesIn(journal: Buffer): readonly number[] {
  const places = Array.from({ length: journal.length }, (_, at) => at)
  return places.filter(
    (at) => journal.subarray(Math.max(0, at - 8), at + 8).some((byte) => byte !== 0) || at % 97 === 0,
  )
}

describe('the journal', () => {
  /** Batches that stand in the journal only, as after the death of the process. */
  async function unflushed() {
    const storage = new MemoryStorage()
    const open = await openStore(storage)
    const log = await createLog(open)
    for (const value of ['a', 'b', 'c', 'd']) await open.store.append(log, batchOf(value)).durable
    const files = storage.afterProcessDeath().contents()
    const path = [...files.keys()].find((name) => name.startsWith('journal/')) ?? ''
    return { files, path, journal: files.get(path)! }
  }

  test('cut at any byte gives back a beginning of what it held, in whole batches', async () => {
    const { files, path, journal } = await unflushed()
    let longest = 0
    for (const size of placesIn(journal)) {
      const { open } = await openWith(files, path, journal.subarray(0, size)).catch(() => ({ open: null }))
      const log = open?.topics.get('t')?.partitions[0]
      const values = log === undefined ? [] : await readValues(log)
      expect(['a', 'b', 'c', 'd'].slice(0, values.length)).toEqual(values)
      expect(values.length).toBeGreaterThanOrEqual(longest)
      longest = values.length
    }
    expect(longest).toBe(4)
  })

  test('with any byte flipped never gives back anything else than what it held, and says what it misses', async () => {
    const { files, path, journal } = await unflushed()
    const silent: number[] = []
    for (const at of placesIn(journal)) {
      const content = Buffer.from(journal)
      content[at]! ^= 0x40
      const { open, log, storage } = await openWith(files, path, content)
      const values = await readValues(log)
      expect(['a', 'b', 'c', 'd'].slice(0, values.length), `byte ${at}`).toEqual(values)
      const isReported = open.logger.lines.some(({ level }) => level === 'error') || log.damage !== null
      if (values.length < 4 && !isReported) silent.push(at)
      if (log.damage !== null) await expectDamageToStay(storage, log, content)
    }
    // The last entry has no later one that proves it was acknowledged: there a torn write and damage look the same.
    const lastEntryAt = journal.length - BLOCK_BYTES
    expect(silent.filter((at) => at < lastEntryAt)).toEqual([])
    expect(silent.length).toBeGreaterThan(0)
  })

  test('does not give back what was never acknowledged behind what was', async () => {
    const files = await tornGroup()
    const storage = new MemoryStorage(files)
    const open = await openStore(storage)
    const log = await createLog(open)
    expect(await readValues(log)).toEqual([])
    await open.store.append(log, batchOf(BLOCK_VALUE.replaceAll('x', 'z'))).durable
    const again = await createLog(await openStore(storage.afterProcessDeath()))
    expect(again.damage).toBeNull()
    expect(await readValues(again)).toEqual([BLOCK_VALUE.replaceAll('x', 'z')])
  })
})

/** The entry of a batch with this value fills a block of the disk. */
const BLOCK_VALUE = 'x'.repeat(BLOCK_BYTES - ENTRY_HEADER_BYTES - (batchOf('x'.repeat(3_000)).length - 3_000))

/** Of a group of two batches, at the beginning of a file, the disk had written the second when the power was lost. */
async function tornGroup(): Promise<ReadonlyMap<string, Buffer>> {
  const storage = new MemoryStorage()
  const before = await openStore(storage)
  await createLog(before)
  await before.store.close()
  const { store, topics } = await openStore(storage)
  const log = topics.get('t')!.partitions[0]!
  await Promise.all([store.append(log, batchOf(BLOCK_VALUE)).durable, store.append(log, batchOf('ghost')).durable])
  const files = storage.afterProcessDeath().contents()
  const [path, journal] = [...files].find(([name]) => name.startsWith('journal/'))!
  expect(journal.length).toBe(2 * BLOCK_BYTES)
  return new Map([...files, [path, Buffer.concat([Buffer.alloc(BLOCK_BYTES), journal.subarray(BLOCK_BYTES)])]])
}
