import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutAtBlocks, DirectWrites, splitAt } from '../../../../broker/log/direct-writes.ts'
import { FileStorage } from '../../../../broker/log/file-storage.ts'
import { BLOCK_BYTES } from '../../../../broker/log/storage.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-direct-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Below and above what is written past the page cache, and around the ends of blocks. */
const sizes = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }),
  fc.integer({ min: 250_000, max: 1_300_000 }),
  fc.tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: -1, max: 1 })).map(([n, d]) => n * BLOCK_BYTES + d + 1),
)

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

describe('bytes are cut where blocks of the disk begin', () => {
  const block = Buffer.alloc(BLOCK_BYTES)
  const sizes = (buffers: readonly Uint8Array[]): readonly number[] => buffers.map(({ length }) => length)

  test.for([
    ['whole blocks', [BLOCK_BYTES], BLOCK_BYTES, [[], [BLOCK_BYTES], []]],
    ['blocks in odd pieces', [1, BLOCK_BYTES - 1], 0, [[], [1, BLOCK_BYTES - 1], []]],
    ['less than a block', [700], 0, [[], [], [700]]],
    ['less than what is missing of a block', [700], 512, [[700], [], []]],
    ['just what is missing of a block', [BLOCK_BYTES - 512], 512, [[BLOCK_BYTES - 512], [], []]],
    ['all three', [BLOCK_BYTES, BLOCK_BYTES], BLOCK_BYTES + 96, [[4_000], [96, 4_000], [96]]],
    ['nothing', [], 3, [[], [], []]],
  ] as const)('%s', ([, lengths, position, wanted]) => {
    const { head, blocks, blocksAt, blockBytes, tail } = cutAtBlocks(
      lengths.map((length) => block.subarray(0, length)),
      position,
    )
    expect([head, blocks, tail].map(sizes)).toEqual(wanted)
    expect(blockBytes).toBe(blocks.reduce((sum, { length }) => sum + length, 0))
    if (blockBytes > 0) expect(blocksAt % BLOCK_BYTES).toBe(0)
  })

  test('wherever they are split, both parts together are what was given', () => {
    const given = pieces(50, [7, 1, 0, 13])
    for (let count = 0; count <= 50; count += 1) {
      const [first, rest] = splitAt(given, count)
      expect(Buffer.concat(first).equals(Buffer.concat(given).subarray(0, count))).toBe(true)
      expect(Buffer.concat(rest).equals(Buffer.concat(given).subarray(count))).toBe(true)
    }
  })
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

test('appended in any sizes, and read meanwhile, a file is what was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sizes, { minLength: 1, maxLength: 8 }), async (appended) => {
      await rm(join(folder, 'appended'), { force: true })
      const file = await new FileStorage(folder).open('appended', 'create')
      let written = Buffer.alloc(0)
      for (const [index, bytes] of appended.entries()) {
        const buffers = pieces(bytes, [65_001 + index, 3])
        await file.write(buffers, written.length)
        written = Buffer.concat([written, ...buffers])
        expect((await file.read(0, written.length + 1)).equals(written)).toBe(true)
      }
      await file.sync()
      await file.close()
      expect((await readFile(join(folder, 'appended'))).equals(written)).toBe(true)
    }),
    { numRuns: 15 },
  )
})

test.skipIf(process.platform !== 'linux')(
  'a file system that refuses is asked once, and written to as ever',
  async () => {
    const direct = new DirectWrites()
    // The files of proc cannot be written to in this way.
    expect(await direct.open('/proc/self/comm', { isSynced: true })).toBeNull()
    const storage = new FileStorage(folder, direct)
    const file = await storage.open('refused', 'create')
    expect(await direct.open(join(folder, 'refused'), { isSynced: false })).toBeNull()
    const buffers = pieces(2 * BLOCK_BYTES, [999])
    await file.writeSynced(buffers, 0)
    await file.close()
    expect((await storage.readFile('refused'))?.equals(Buffer.concat(buffers))).toBe(true)
  },
)
