import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from '../../../../broker/protocol/frame-reader.ts'
import { usedBytes } from '../../../support/memory.ts'
import { withSize } from '../../../support/raw-connection.ts'

/** Cuts bytes into pieces of these sizes, over and over. */
function* cut(bytes: Buffer, sizes: readonly number[]): Iterable<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const size = sizes[i % sizes.length] ?? 1
    yield Buffer.from(bytes.subarray(at, at + size))
    at += size
  }
}

test('frames are the same however their bytes are cut', () => {
  const frames = fc.array(fc.uint8Array({ maxLength: 6_000 }), { maxLength: 20 })
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9_000 })), { minLength: 1 })
  fc.assert(
    fc.property(frames, sizes, (sent, pieceSizes) => {
      const bytes = Buffer.concat(sent.map(withSize))
      const reader = new FrameReader(10_000)
      const received: string[] = []
      let pushed = 0
      for (const piece of cut(bytes, pieceSizes)) {
        reader.push(piece)
        pushed += piece.length
        for (let frame = reader.next(); frame !== null; frame = reader.next()) received.push(frame.toString('hex'))
        const taken = received.reduce((sum, hex) => sum + 4 + hex.length / 2, 0)
        expect(reader.pendingBytes).toBe(pushed - taken)
      }
      expect(received).toEqual(sent.map((frame) => Buffer.from(frame).toString('hex')))
      expect(reader.pendingBytes).toBe(0)
    }),
  )
})

test('a frame that comes byte by byte takes about as much memory as it has bytes', () => {
  const reader = new FrameReader(100_000_000)
  const before = usedBytes()
  reader.push(Buffer.from('05f5e100', 'hex'))
  for (let i = 0; i < 200_000; i += 1) {
    reader.push(Buffer.allocUnsafeSlow(1))
    reader.next()
  }
  expect(usedBytes() - before).toBeLessThan(2_000_000)
  expect(reader.pendingBytes).toBe(200_004)
})
