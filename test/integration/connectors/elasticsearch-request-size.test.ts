import { describe, expect, test } from 'vitest'
import type { WriteFailure } from '../../../connectors/write-failure.ts'
import { createEvent } from '../../support/event.ts'
import { createSink, events, failureOf, places } from '../../support/bulk-sink.ts'

const { signal } = new AbortController()

describe('the size of bulk requests', () => {
  test('413 is halved until it fits; a document that never does fails alone and for good', async () => {
    const { server, sink } = await createSink({}, { maxBytes: 300 })
    const batch = events(20)
    batch[7] = createEvent({ id: 'e7', bytes: JSON.stringify({ a: 'x'.repeat(300) }) })
    const failure = await failureOf(sink.write(batch, signal))
    expect(places(failure)).toEqual(['7 for good'])
    expect(failure.failed[0]?.error).toMatchObject({ code: 'E_DOCUMENT_TOO_LARGE' })
    expect(server.ids()).toEqual(batch.map(({ id }) => id).filter((id) => id !== 'e7'))
    // It has learned: the next batch is not refused once more.
    expect(server.tooLarge).toBeGreaterThan(0)
    server.tooLarge = 0
    await sink.write(events(20, 20), signal)
    expect(server.ids()).toHaveLength(39)
    expect(server.tooLarge).toBe(0)
  })

  test('429 for a whole request is tried again in half the size, until it is admitted', async () => {
    const { server, sink } = await createSink({}, { maxAdmittedBytes: 300 })
    let left = events(40)
    while (left.length > 0) {
      const before = left
      const failed = await sink.write(before, signal).then(
        () => [],
        (error: WriteFailure) => error.failed,
      )
      expect(failed.every(({ permanent }) => !permanent)).toBe(true)
      left = failed.flatMap(({ index }) => before[index] ?? [])
      expect(server.notAdmitted).toBeLessThan(20)
    }
    expect(server.ids()).toEqual(events(40).map(({ id }) => id))
    // With room again, requests grow to what the batch holds.
    server.options = {}
    for (let n = 1; n <= 40; n += 1) await sink.write(events(40, n * 40), signal)
    expect(server.requests.at(-1)?.actions).toHaveLength(40)
  })
})
