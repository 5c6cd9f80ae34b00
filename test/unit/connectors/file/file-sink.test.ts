import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Sink } from '../../../../connectors/connector.ts'
import { fileSink } from '../../../../connectors/file/sink.ts'
import { WriteFailure } from '../../../../connectors/write-failure.ts'
import { connectorContext, temporaryFolder } from '../../../support/connector-context.ts'
import { createEvent } from '../../../support/event.ts'

const { signal } = new AbortController()

async function createSink(config: object = {}, folder = temporaryFolder()) {
  const context = connectorContext({ baseDir: folder })
  const parsed = fileSink.definition.config.parse({ path: 'out/a.ndjson', ...config })
  const sink: Sink = await fileSink.definition.create(parsed, context)
  const files = () =>
    Object.fromEntries(
      readdirSync(join(folder, 'out')).map((name) => [name, readFileSync(join(folder, 'out', name), 'utf8')]),
    )
  return { sink, folder, context, files }
}

function events(...bytes: readonly (string | Uint8Array | null)[]) {
  return bytes.map((text, offset) => createEvent({ bytes: text, offset }))
}

describe('the sink file', () => {
  test('writes values as they are, one per line', async () => {
    const { sink, files } = await createSink()
    await sink.write(events('{"n": 9007199254740993, "f":1.50}', '"é🦫\\n"', null, '{"__proto__":1}'), signal)
    await sink.close()
    expect(files()).toEqual({ 'a.ndjson': '{"n": 9007199254740993, "f":1.50}\n"é🦫\\n"\nnull\n{"__proto__":1}\n' })
  })

  test('a document over several lines becomes one line, with its texts and numbers untouched', async () => {
    const { sink, files } = await createSink()
    await sink.write(events('{\r\n  "a b": "x \\" y\\\\",\n\t"n": 1.50 ,"l": [ 1, 2 ]\n}\n'), signal)
    await sink.close()
    expect(files()['a.ndjson']).toBe('{"a b":"x \\" y\\\\","n":1.50,"l":[1,2]}\n')
  })

  test('a value that is not JSON fails alone and for good', async () => {
    const { sink, files } = await createSink()
    const batch = events('1', 'not json', '2', '{"a":\n', Buffer.from([0x22, 0xff, 0x22]), '3', '')
    await expect(sink.write(batch, signal)).rejects.toMatchObject({
      name: 'WriteFailure',
      failed: [1, 3, 4, 6].map((index) => ({ index, permanent: true, error: { code: 'E_VALUE_JSON' } })),
    })
    await sink.close()
    expect(files()['a.ndjson']).toBe('1\n2\n3\n')
  })

  test('goes on at the end of the file when it is opened again', async () => {
    const { sink, folder } = await createSink()
    await sink.write(events('1'), signal)
    await sink.close()
    const again = await createSink({}, folder)
    await again.sink.write(events('2'), signal)
    await again.sink.close()
    expect(again.files()).toEqual({ 'a.ndjson': '1\n2\n' })
  })

  test('begins a new file when somebody took the old one away', async () => {
    const { sink, folder, files } = await createSink()
    await sink.write(events('1'), signal)
    rmSync(join(folder, 'out'), { recursive: true })
    await sink.write(events('2'), signal)
    await sink.close()
    expect(files()).toEqual({ 'a.ndjson': '2\n' })
  })

  test('says that it cut a torn line', async () => {
    const { folder, sink } = await createSink()
    await sink.close()
    writeFileSync(join(folder, 'out/a.ndjson'), '1\n{"to')
    const { context, sink: second, files } = await createSink({}, folder)
    await second.close()
    expect(context.logged).toMatchObject([{ level: 'warn', fields: { bytes: 4 } }])
    expect(files()).toEqual({ 'a.ndjson': '1\n', 'a.ndjson.cut': '{"to\n' })
  })

  test('writes nothing after the abort', async () => {
    const { sink, files } = await createSink()
    await expect(sink.write(events('1'), AbortSignal.abort())).rejects.toThrow()
    await sink.close()
    await sink.close()
    expect(files()).toEqual({ 'a.ndjson': '' })
  })
})

describe('rotation', () => {
  test('by records splits a batch exactly and names files in sequence', async () => {
    const { sink, files } = await createSink({ rotate: { records: 2 } })
    await sink.write(events('1', '2', '3', '4', '5'), signal)
    await sink.close()
    expect(files()).toEqual({ 'a.000001.ndjson': '1\n2\n', 'a.000002.ndjson': '3\n4\n', 'a.ndjson': '5\n' })
  })

  test('goes on counting after a restart', async () => {
    const { sink, folder } = await createSink({ rotate: { records: 2 } })
    await sink.write(events('1', '2', '3'), signal)
    await sink.close()
    const { sink: second, files } = await createSink({ rotate: { records: 2 } }, folder)
    await second.write(events('4', '5'), signal)
    await second.close()
    expect(files()).toEqual({ 'a.000001.ndjson': '1\n2\n', 'a.000002.ndjson': '3\n4\n', 'a.ndjson': '5\n' })
  })

  test('a file that was full before the restart is finished first', async () => {
    const { folder, sink } = await createSink()
    await sink.close()
    writeFileSync(join(folder, 'out/a.ndjson'), '1\n2\n3\n')
    const { sink: second, files } = await createSink({ rotate: { records: 2 } }, folder)
    await second.write(events('4'), signal)
    await second.close()
    expect(files()).toEqual({ 'a.000001.ndjson': '1\n2\n3\n', 'a.ndjson': '4\n' })
  })

  test('by bytes never splits a line, and a line that is larger than a file has one of its own', async () => {
    const { sink, files } = await createSink({ rotate: { bytes: '10B' } })
    await sink.write(events('"1234"', '12', '123', `"${'x'.repeat(20)}"`, '1'), signal)
    await sink.close()
    expect(files()).toEqual({
      'a.000001.ndjson': '"1234"\n12\n',
      'a.000002.ndjson': '123\n',
      'a.000003.ndjson': `"${'x'.repeat(20)}"\n`,
      'a.ndjson': '1\n',
    })
  })

  test('by time happens with the first event that comes late enough', async () => {
    const { sink, files, context } = await createSink({ rotate: { every: '1h' } })
    await sink.write(events('1'), signal)
    context.clock.advance(3_599_999)
    await sink.write(events('2'), signal)
    context.clock.advance(1)
    expect(files()).toEqual({ 'a.ndjson': '1\n2\n' })
    await sink.write(events('3'), signal)
    await sink.close()
    expect(files()).toEqual({ 'a.000001.ndjson': '1\n2\n', 'a.ndjson': '3\n' })
  })

  test('never overwrites: the next number is one more than the highest there', async () => {
    const { sink, folder, files } = await createSink({ rotate: { records: 1 } })
    for (const name of ['a.000041.ndjson', 'a.x.ndjson', 'ab.000099.ndjson', 'a.1000000.ndjson']) {
      writeFileSync(join(folder, 'out', name), 'old')
    }
    await sink.write(events('1'), signal)
    await sink.close()
    expect(files()).toMatchObject({ 'a.1000001.ndjson': '1\n', 'a.000041.ndjson': 'old', 'a.1000000.ndjson': 'old' })
  })

  test('what could not be written in the middle of a batch is named, and only that', async () => {
    const { sink, folder } = await createSink({ rotate: { records: 2 } })
    const controller = new AbortController()
    const batch = events('1', 'x', '2', '3', '4')
    // The event after the first full file stops the sink while the batch is under way.
    const stopping = {
      ...batch[3],
      get bytes() {
        return Buffer.from('3')
      },
      get value() {
        return 3
      },
    }
    batch[3] = stopping as (typeof batch)[number]
    const write = sink.write(batch, controller.signal)
    controller.abort(new Error('stop'))
    const failure = await write.then(
      () => null,
      (error: unknown) => error,
    )
    await sink.close()
    const written = readdirSync(join(folder, 'out')).flatMap((name) =>
      readFileSync(join(folder, 'out', name), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    )
    expect(failure).toBeInstanceOf(WriteFailure)
    const named = (failure as WriteFailure).failed
    expect(named[0]).toMatchObject({ index: 1, permanent: true })
    expect(named.map(({ index }) => index)).toEqual([1, 3, 4])
    expect(written).toEqual(['1', '2'])
  })

  test.for([
    [{ rotate: {} }, 'rotate'],
    [{ rotate: { records: 0 } }, 'rotate'],
    [{ rotate: { bytes: 10 } }, 'rotate'],
    [{ path: 'out/' }, 'path'],
    [{ path: '' }, 'path'],
    [{ format: 'csv' }, 'format'],
  ] as const)('%j is refused at %s', ([config, field]) => {
    const result = fileSink.definition.config.safeParse({ path: 'a', ...config })
    expect(result.error?.issues[0]?.path[0]).toBe(field)
  })
})
