import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DirectWrites, isWholeBlocks } from '../../../../broker/log/direct-writes.ts'
import { FileStorage } from '../../../../broker/log/file-storage.ts'
import { BLOCK_BYTES } from '../../../../broker/log/storage.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-direct-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Bytes that differ from place to place, cut into buffers of odd lengths. */
function pieces(bytes: number, lengths: readonly number[]): readonly Buffer[] {
  const all = Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 31 + (at >> 8)) & 0xff))
  const cut: Buffer[] = []
  for (let at = 0, turn = 0; at < bytes; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1
    cut.push(all.subarray(at, at + length))
    at += length
  }
  return cut
}

test('only whole blocks at the beginning of a block go past the page cache', () => {
  const block = Buffer.alloc(BLOCK_BYTES)
  expect(isWholeBlocks([block.subarray(1), block.subarray(0, 1)], 3 * BLOCK_BYTES)).toBe(true)
  expect(isWholeBlocks([block], 512)).toBe(false)
  expect(isWholeBlocks([block.subarray(1)], 0)).toBe(false)
  expect(isWholeBlocks([], 0)).toBe(false)
})

describe('buffers', () => {
  test.for([
    ['of a block', BLOCK_BYTES, [BLOCK_BYTES]],
    ['smaller than a block', 3 * BLOCK_BYTES, [1, 700, 32]],
    ['of more than one piece', 2_621_440, [65_000, 32]],
    ['larger than a piece', 3_145_728, [1_500_001]],
  ] as const)('%s stand in the file as they were given', async ([name, bytes, lengths]) => {
    const storage = new FileStorage(folder)
    const file = await storage.open(name, 'create')
    const buffers = pieces(bytes, lengths)
    await file.writeSynced(buffers, BLOCK_BYTES)
    await file.write([Buffer.from('head')], 0)
    await file.writeSynced([Buffer.alloc(BLOCK_BYTES, 7)], BLOCK_BYTES + bytes)
    const content = await readFile(join(folder, name))
    expect(content.subarray(0, 4).toString()).toBe('head')
    expect(content.subarray(BLOCK_BYTES, BLOCK_BYTES + bytes).equals(Buffer.concat(buffers))).toBe(true)
    expect(content.subarray(BLOCK_BYTES + bytes).equals(Buffer.alloc(BLOCK_BYTES, 7))).toBe(true)
    expect((await file.read(BLOCK_BYTES, bytes)).equals(Buffer.concat(buffers))).toBe(true)
    await file.close()
  })

  test('written side by side do not mix', async () => {
    const storage = new FileStorage(folder)
    const written = Array.from({ length: 8 }, async (_, index) => {
      const file = await storage.open(`side-${index}`, 'create')
      await file.writeSynced([Buffer.alloc(64 * BLOCK_BYTES, index + 1)], 0)
      await file.close()
      return (await readFile(join(folder, `side-${index}`))).every((byte) => byte === index + 1)
    })
    expect(await Promise.all(written)).toEqual(written.map(() => true))
  })
})

test.skipIf(process.platform !== 'linux')(
  'a file system that refuses is asked once, and written to as ever',
  async () => {
    const direct = new DirectWrites()
    // The files of proc cannot be written to in this way.
    expect(await direct.open('/proc/self/comm')).toBeNull()
    const storage = new FileStorage(folder, direct)
    const file = await storage.open('refused', 'create')
    expect(await direct.open(join(folder, 'refused'))).toBeNull()
    const buffers = pieces(2 * BLOCK_BYTES, [999])
    await file.writeSynced(buffers, 0)
    await file.close()
    expect((await storage.readFile('refused'))?.equals(Buffer.concat(buffers))).toBe(true)
  },
)
