import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Codec, decompress, prepareCompression } from '../../../../broker/protocol/compression.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'

/** One text in every form that clients may send, written by other libraries; see `compressed-samples.py`. */
const { samples } = JSON.parse(readFileSync(new URL('compressed-samples.json', import.meta.url), 'utf8')) as {
  samples: Record<Codec, Record<string, string>>
}
const BLOCK = letters(1000)
const TEXT = Buffer.from(Array.from({ length: 80 }, (_, i) => `${String(i).padStart(5, '0')}${BLOCK}\n`).join(''))

/** Letters without pattern, the same wherever they are computed (the generator of the ZX81). */
function letters(count: number): string {
  let state = 1
  return Array.from({ length: count }, () => {
    state = (75 * state + 74) % 65_537
    return String.fromCharCode(97 + (state % 26))
  }).join('')
}

const all = Object.entries(samples).flatMap(([codec, forms]) =>
  Object.entries(forms).map(([form, hex]) => ({ codec: codec as Codec, form, data: Buffer.from(hex, 'hex') })),
)

beforeAll(prepareCompression)

describe.for(all)('$codec, $form', ({ codec, data }) => {
  test('gives back the text', () => {
    expect(decompress(codec, data, TEXT.length).equals(TEXT)).toBe(true)
  })

  test('gives no more than is allowed', () => {
    expect(() => decompress(codec, data, TEXT.length - 1)).toThrow(ProtocolError)
  })

  test('is refused when it is cut, except between two frames of it', () => {
    const step = Math.ceil(data.length / 1000)
    for (let size = 0; size < data.length; size += step) {
      try {
        const text = decompress(codec, data.subarray(0, size), TEXT.length)
        expect(text.equals(TEXT.subarray(0, text.length)), `cut at ${size}`).toBe(true)
        expect([0, TEXT.length / 2, 32_768, 65_536], `cut at ${size}`).toContain(text.length)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }
  })
})
