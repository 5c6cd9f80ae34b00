import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileStorage } from '../../../../broker/log/file-storage.ts'
import { ENTRY_HEADER_BYTES } from '../../../../broker/log/journal-entry.ts'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import type { PartitionLog } from '../../../../broker/log/partition-log.ts'
import { BLOCK_BYTES } from '../../../../broker/log/storage.ts'
import { batchOf, createLog, type OpenStore, openStore, readValues } from '../../../support/log-store.ts'

/* What torn-log.test.ts asks of the log on a storage in memory, on real files: every byte of the last two batches. */

type Files = ReadonlyMap<string, Buffer>

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-torn-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function writeFiles(files: Files): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder)
  for (const [path, content] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}

async function readFiles(): Promise<Files> {
  const files = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(relative(folder, path), await readFile(path))
  }
  return files
}

interface Opened {
  readonly open: OpenStore
  readonly log: PartitionLog
  readonly values: readonly string[]
}

/** Opens the files with one of them changed, looks, and closes again as a broker does that stops. */
async function openWith(files: Files, path: string, content: Buffer): Promise<Opened> {
  await writeFiles(new Map([...files, [path, content]]))
  const open = await openStore(new FileStorage(folder))
  const log = await createLog(open)
  const values = await readValues(log)
  await open.store.close()
  return { open, log, values }
}

/** Three batches in a segment, or in the journal only, as after the death of the process. */
async function filesOf(place: 'segment' | 'journal'): Promise<{ files: Files; path: string; content: Buffer }> {
  const storage = new MemoryStorage()
  const open = await openStore(storage)
  const log = await createLog(open)
  for (const value of ['a', 'b', 'c']) await open.store.append(log, batchOf(value)).durable
  if (place === 'segment') await open.store.close()
  const files = (place === 'segment' ? storage : storage.afterProcessDeath()).contents()
  const path = [...files.keys()].find((name) => name.endsWith(place === 'segment' ? '.log' : '.journal')) ?? ''
  return { files, path, content: files.get(path) ?? Buffer.alloc(0) }
}

const BATCH_BYTES = batchOf('a').length
/** A journal's entry of such a batch, which has a block of the disk for itself; the rest of that is padding. */
const ENTRY_BYTES = ENTRY_HEADER_BYTES + BATCH_BYTES

/** Where the block of the batch lies that has so many before it, in a journal of three. */
function blockOf(before: number, content: Buffer): number {
  return content.length - (3 - before) * BLOCK_BYTES
}

function flipped(content: Buffer, at: number): Buffer {
  const copy = Buffer.from(content)
  copy[at]! ^= 0x40
  return copy
}

describe('files of a segment', () => {
  test('cut at any byte of the last two batches come back with exactly the whole ones', async () => {
    const { files, path, content } = await filesOf('segment')
    expect(content.length).toBe(3 * BATCH_BYTES)
    for (let size = BATCH_BYTES; size < content.length; size += 1) {
      const { values, log } = await openWith(files, path, content.subarray(0, size))
      expect(values, `cut at ${size}`).toEqual(['a', 'b', 'c'].slice(0, Math.floor(size / BATCH_BYTES)))
      expect(log.damage).toBeNull()
    }
  })

  test('with any byte of the last batch flipped lose that batch, which is kept beside', async () => {
    const { files, path, content } = await filesOf('segment')
    for (let at = 2 * BATCH_BYTES; at < content.length; at += 1) {
      const changed = flipped(content, at)
      const { values } = await openWith(files, path, changed)
      expect(values, `byte ${at}`).toEqual(['a', 'b'])
      const aside = [...(await readFiles())].find(([name]) => name.endsWith('.cut'))?.[1]
      expect(aside?.equals(changed.subarray(2 * BATCH_BYTES))).toBe(true)
    }
  })

  test('with any byte of the batch before flipped are damaged, and left as they are', async () => {
    const { files, path, content } = await filesOf('segment')
    for (let at = BATCH_BYTES; at < 2 * BATCH_BYTES; at += 1) {
      const changed = flipped(content, at)
      const { values, log, open } = await openWith(files, path, changed)
      expect(values, `byte ${at}`).toEqual(['a'])
      expect(log.damage).toMatchObject({ offset: 1 })
      expect(open.logger.lines.some(({ fields }) => String(fields['fix']).includes('restore the partition'))).toBe(true)
      expect((await readFiles()).get(path)?.equals(changed)).toBe(true)
    }
  })
})

describe('files of the journal', () => {
  test('cut at any byte of the last two batches come back with exactly the whole ones', async () => {
    const { files, path, content } = await filesOf('journal')
    for (const before of [1, 2]) {
      const start = blockOf(before, content)
      for (let bytes = 0; bytes <= ENTRY_BYTES; bytes += 1) {
        const { values, log } = await openWith(files, path, content.subarray(0, start + bytes))
        const whole = bytes === ENTRY_BYTES ? before + 1 : before
        expect(values, `cut at ${bytes} behind ${before}`).toEqual(['a', 'b', 'c'].slice(0, whole))
        expect(log.damage).toBeNull()
      }
    }
  })

  test('with any byte of the last two batches flipped never give back anything else, and are damage but for the last', async () => {
    const { files, path, content } = await filesOf('journal')
    for (const before of [1, 2]) {
      const start = blockOf(before, content)
      for (let at = start; at < start + ENTRY_BYTES; at += 1) {
        const changed = flipped(content, at)
        const { values, log } = await openWith(files, path, changed)
        expect(values, `byte ${at}`).toEqual(before === 2 ? ['a', 'b'] : ['a'])
        if (before === 2) continue
        expect(log.damage, `byte ${at}`).toMatchObject({ offset: 1 })
        expect([...(await readFiles())].find(([name]) => name.endsWith('.damaged'))?.[1].equals(changed)).toBe(true)
      }
    }
  })

  test('do not mind what becomes of the padding between groups, the one thing that nothing covers', async () => {
    const { files, path, content } = await filesOf('journal')
    for (let at = blockOf(1, content) + ENTRY_BYTES; at < blockOf(2, content); at += 97) {
      const { values, log, open } = await openWith(files, path, flipped(content, at))
      expect(values, `byte ${at}`).toEqual(['a', 'b', 'c'])
      expect(log.damage).toBeNull()
      expect(open.logger.lines.filter(({ level }) => level === 'error')).toEqual([])
    }
  })
})
