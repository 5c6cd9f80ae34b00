import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { APIS } from '../../../../broker/protocol/apis.ts'
import { ProtocolError } from '../../../../broker/protocol/protocol-error.ts'
import { arbitraryValue, type MessageKind, messageKinds } from '../../../support/arbitrary-message.ts'

const kinds = APIS.flatMap(messageKinds)

/** What is read from bytes of anybody: the value, or null where they were refused in the one way that is allowed. */
function tryRead({ read }: MessageKind, bytes: Buffer): { readonly value: unknown } | null {
  try {
    return { value: read(bytes) }
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError)
    return null
  }
}

/** Elements of all arrays within a value. */
function countElements(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, element) => sum + 1 + countElements(element), 0)
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0
  return Object.values(value).reduce<number>((sum, part) => sum + countElements(part), 0)
}

function expectHarmless(kind: MessageKind, bytes: Buffer): void {
  const result = tryRead(kind, bytes)
  if (result === null) return
  expect(countElements(result.value)).toBeLessThanOrEqual(bytes.length)
  expect(kind.read(kind.write(result.value))).toEqual(result.value)
}

describe.for(kinds.map((kind) => [kind.name, kind] as const))('%s', ([, kind]) => {
  const messages = arbitraryValue(kind.field, kind.wire)

  test('is read as it was written', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(kind.read(kind.write(message))).toEqual(message)
      }),
      { numRuns: 25 },
    )
  })

  test('is refused when it is cut anywhere, or has a byte too many', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = kind.write(message)
        const step = Math.max(1, Math.floor(bytes.length / 400))
        for (let size = 0; size < bytes.length; size += step) {
          expect(tryRead(kind, bytes.subarray(0, size)), `the first ${size} of ${bytes.length} bytes`).toBeNull()
        }
        expect(tryRead(kind, Buffer.concat([bytes, Buffer.alloc(1)]))).toBeNull()
      }),
      { numRuns: 3 },
    )
  })

  test('does no harm when it is damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(messages, damage, (message, changes) => {
        const bytes = Buffer.from(kind.write(message))
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte
        expectHarmless(kind, bytes)
      }),
      { numRuns: 25 },
    )
  })

  test('does no harm when it is anything', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectHarmless(kind, Buffer.from(bytes))),
      { numRuns: 25 },
    )
  })
})
