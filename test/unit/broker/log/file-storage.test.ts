import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileStorage } from '../../../../broker/log/file-storage.ts'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import type { Storage } from '../../../../broker/log/storage.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-storage-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe.for<[name: string, create: () => Storage]>([
  ['files', () => new FileStorage(folder)],
  ['memory', () => new MemoryStorage()],
])('synced writes to %s', ([, create]) => {
  test('stand where they were written, beside those that are not synced', async () => {
    const storage = create()
    const file = await storage.open('mixed', 'create')
    await file.writeSynced([Buffer.from('ab'), Buffer.from('cd')], 0)
    await file.write([Buffer.from('xyz')], 3)
    await file.writeSynced([Buffer.from('!')], 1)
    expect((await file.read(0, 100)).toString()).toBe('a!cxyz')
    expect(await file.sizeBytes()).toBe(6)
    await file.close()
  })

  test('go on in the same file under its new name', async () => {
    const storage = create()
    const file = await storage.open('before', 'create')
    await file.writeSynced([Buffer.from('1')], 0)
    await storage.rename('before', 'after')
    await file.writeSynced([Buffer.from('2')], 1)
    await file.close()
    expect((await storage.readFile('after'))?.toString()).toBe('12')
    expect(await storage.readFile('before')).toBeNull()
  })
})

test('many small buffers are all written', async () => {
  const file = await new FileStorage(folder).open('many', 'create')
  const buffers = Array.from({ length: 5_000 }, (_, index) => Buffer.from(`${index},`))
  await file.writeSynced(buffers, 0)
  await file.close()
  await rename(join(folder, 'many'), join(folder, 'counted'))
  expect(await readFile(join(folder, 'counted'), 'utf8')).toBe(buffers.join(''))
})
