import { PassThrough, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { createStreamSink, stdoutSink } from '../../../../connectors/stdout/sink.ts'
import { connectorContext } from '../../../support/connector-context.ts'
import { createEvent } from '../../../support/event.ts'

const { signal } = new AbortController()
const batch = ['{"a":1}', 'no json', '[\n1]'].map((bytes) => createEvent({ bytes }))

describe('the sink stdout', () => {
  test('prints one line per event and names what is no JSON', async () => {
    const stream = new PassThrough()
    const sink = createStreamSink(stream)
    await expect(sink.write(batch, signal)).rejects.toMatchObject({ failed: [{ index: 1, permanent: true }] })
    expect(String(stream.read())).toBe('{"a":1}\n[1]\n')
    await sink.close()
    await sink.close()
  })

  test('waits until the stream has taken it', async () => {
    const taken: (() => void)[] = []
    const stream = new Writable({ write: (_chunk, _encoding, done) => void taken.push(done) })
    let settled = false
    const write = createStreamSink(stream)
      .write([createEvent({ value: 1 })], signal)
      .then(() => {
        settled = true
      })
    await new Promise((resolve) => setImmediate(resolve))
    expect(settled).toBe(false)
    taken[0]?.()
    await write
    expect(settled).toBe(true)
  })

  test('a reader that has gone is an error of the environment, each time, and no crash', async () => {
    const broken = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(broken) })
    const sink = createStreamSink(stream)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(sink.write([createEvent({ value: 1 })], signal)).rejects.toMatchObject({
        code: 'E_STDOUT_CLOSED',
        category: 'environment',
      })
    }
    await sink.close()
  })

  test('prints nothing after the abort', async () => {
    const stream = new PassThrough()
    await expect(createStreamSink(stream).write(batch, AbortSignal.abort())).rejects.toThrow()
    expect(stream.read()).toBeNull()
  })

  test('is the standard output in a document, and leaves it open', async () => {
    const before = process.stdout.listenerCount('error')
    const sink = await stdoutSink.definition.create({}, connectorContext({ baseDir: '/' }))
    await sink.close()
    expect(process.stdout.listenerCount('error')).toBe(before)
    expect(process.stdout.writable).toBe(true)
  })
})
