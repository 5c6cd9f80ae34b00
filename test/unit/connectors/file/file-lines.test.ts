import { createHash } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fileSource } from '../../../../connectors/file/source.ts'
import { CONNECTOR_LIMITS } from '../../../../connectors/limits.ts'
import {
  collect,
  connectorContext,
  createPullSource,
  readPartition,
  temporaryFolder,
} from '../../../support/connector-context.ts'

const CHUNK = CONNECTOR_LIMITS.readChunkBytes.default

async function lineSource(folder: string, config: object = {}) {
  const context = connectorContext({ baseDir: folder })
  return { context, source: await createPullSource(fileSource, { path: '*.ndjson', ...config }, context) }
}

async function readText(content: string | Uint8Array, config: object = {}) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.ndjson'), content)
  const { source, context } = await lineSource(folder, config)
  return { ...(await readPartition(source, 'a.ndjson')), context, folder, source }
}

/** The id of the last of some lines: each digest covers the one before it and its line. */
function idAfter(...lines: readonly string[]): string {
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
  const digest = lines.reduce((before, line) => sha256(before + line), '')
  return `${digest.slice(0, 32)}-${lines.length}`
}

describe('lines of a file', () => {
  test.for([
    ['{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], 0],
    ['{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}'], 0],
    ['{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}'], 0],
    ['\n\n{"a":1}\n \t\n\r\n2', ['{"a":1}', '2'], 4],
    ['\ufeff{"a":1}\n', ['{"a":1}'], 0],
    ['\ufeff\n1\n', ['1'], 1],
    ['not json at all\n', ['not json at all'], 0],
    ['', [], 0],
    ['\n', [], 1],
    ['"é🦫"\n', ['"é🦫"'], 0],
  ] as const)('%j', async ([content, values, empty]) => {
    const read = await readText(content)
    expect(read.values).toEqual(values)
    expect(read.failed).toEqual([])
    expect(read.context.counted.get('stoplog_source_empty_lines_total') ?? 0).toBe(empty)
  })

  test('an id is the digest of all lines up to this one, and its number', async () => {
    const read = await readText('1\r\n\n2\n3')
    expect(read.ids).toEqual([idAfter('1'), idAfter('1', '2'), idAfter('1', '2', '3')])
  })

  test('numbers, spaces and order of fields are handed over as they stand', async () => {
    const line = '{"z": 9007199254740993, "a":1.50, "__proto__": {"x":1e400}}'
    expect((await readText(`${line}\n`)).values).toEqual([line])
  })

  test.for([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])(
    'a line of %i bytes across the edges of chunks',
    async (length) => {
      const long = `"${'x'.repeat(length - 2)}"`
      const read = await readText(`1\n${long}\n2\n`)
      expect(read.values).toEqual(['1', long, '2'])
    },
  )

  test('a line over the limit fails alone, with length, hash and beginning, and reading goes on', async () => {
    const long = 'y'.repeat(3 * CHUNK)
    const read = await readText(`1\n${long}\n2\n${long}`, { max_line: '2MiB' })
    expect(read.values).toEqual(['1', '2'])
    expect(read.failed).toHaveLength(2)
    const [failed] = read.failed
    expect(failed).toMatchObject({
      error: { code: 'E_INPUT_TOO_LARGE', message: expect.stringContaining('`max_line`') },
      origin: 'a.ndjson item 2',
      id: idAfter('1', long),
      cut: { length: long.length, sha256: createHash('sha256').update(long).digest('hex') },
    })
    expect(failed?.bytes).toHaveLength(CONNECTOR_LIMITS.maxFailedInputBytes.default)
    expect(read.events[1]?.id).toBe(idAfter('1', long, '2'))
  })

  test('a line over a limit that is smaller than a chunk', async () => {
    const read = await readText('12345\n123456\n1\n', { max_line: '5B' })
    expect(read.values).toEqual(['12345', '1'])
    expect(read.failed.map(({ origin }) => origin)).toEqual(['a.ndjson item 2'])
  })

  test('a line that is not UTF-8 fails alone', async () => {
    const read = await readText(Buffer.concat([Buffer.from('1\n'), Buffer.from([0xff, 0x0a]), Buffer.from('2\n3')]))
    expect(read.values).toEqual(['1', '2', '3'])
    expect(read.failed).toMatchObject([{ error: { code: 'E_INPUT_BINARY' }, origin: 'a.ndjson item 2' }])
  })

  test('many short lines come in batches of limited size', async () => {
    const read = await readText('1\n'.repeat(10_001))
    expect(read.events).toHaveLength(10_001)
    const most = CONNECTOR_LIMITS.maxSourceBatchEvents.default
    expect(Math.max(...read.batches.map(({ events }) => events.length))).toBe(most)
    expect(new Set(read.ids).size).toBe(10_001)
  })

  test('many lines over many chunks', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `{"n":${index},"pad":"${'p'.repeat(1_000)}"}`)
    expect((await readText(lines.join('\n'))).values).toEqual(lines)
  })
})

describe('resuming lines', () => {
  test('from every position, whatever the file looks like', async () => {
    const line = fc.stringMatching(/^[a-z\u00e9 ]{0,6}$/)
    const ending = fc.constantFrom('\n', '\r\n', '\n\n')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(line, ending), { maxLength: 8 }), line, async (lines, last) => {
        const content = lines.flat().join('') + last
        const folder = temporaryFolder()
        const { source } = await lineSource(folder)
        let position = null
        const ids: string[] = []
        const values: string[] = []
        // Grown byte by byte and read after each: what is read is each line, once it is whole.
        for (let length = 0; length <= content.length; length += 1) {
          writeFileSync(join(folder, 'a.ndjson'), content.slice(0, length))
          if (!content.slice(0, length).endsWith('\n') && length < content.length) continue
          const read = await readPartition(source, 'a.ndjson', position)
          position = read.position
          ids.push(...read.ids)
          values.push(...read.values)
        }
        const whole = await readPartition(source, 'a.ndjson')
        expect(values).toEqual(whole.values)
        expect(ids).toEqual(whole.ids)
      }),
      { numRuns: 60 },
    )
  })

  test('what was appended is read, what stood before is not', async () => {
    const { folder, source, position, ids } = await readText('1\n2\n')
    appendFileSync(join(folder, 'a.ndjson'), '3\n')
    const more = await readPartition(source, 'a.ndjson', position)
    expect(more.values).toEqual(['3'])
    expect([...ids, ...more.ids]).toEqual((await readPartition(source, 'a.ndjson')).ids)
  })

  test('a last line that went on afterwards is read again as a whole', async () => {
    const { folder, source, position } = await readText('1\n{"torn')
    appendFileSync(join(folder, 'a.ndjson'), '":1}\n2\n')
    const more = await readPartition(source, 'a.ndjson', position)
    expect(more.values).toEqual(['{"torn":1}', '2'])
    expect(more.ids).toEqual([idAfter('1', '{"torn":1}'), idAfter('1', '{"torn":1}', '2')])
  })

  test.for([['\n'], ['\r\n'], ['\n\n\n']] as const)(
    'a last line that only got its line end %j is not read again',
    async ([end]) => {
      const { folder, position } = await readText('1\n2')
      appendFileSync(join(folder, 'a.ndjson'), end)
      const { source } = await lineSource(folder)
      expect(await readPartition(source, 'a.ndjson', position)).toMatchObject({ values: [], alreadyRead: 1 })
    },
  )

  test('an unchanged file is not read again, and says so once', async () => {
    const { folder, position } = await readText('1\n2\n')
    const { source } = await lineSource(folder)
    expect(await readPartition(source, 'a.ndjson', position)).toMatchObject({ values: [], alreadyRead: 1, position })
    expect((await readPartition(source, 'a.ndjson', position)).alreadyRead).toBe(0)
  })

  test.for([
    ['replaced by other content', '1\n9\n', ['1', '9']],
    ['made shorter', '1\n', ['1']],
    ['replaced by longer content', '0\n2\n3\n', ['0', '2', '3']],
    ['emptied', '', []],
  ] as const)('a file that was %s is read from its beginning', async ([, content, values]) => {
    const { folder, source, position } = await readText('1\n2\n')
    writeFileSync(join(folder, 'a.ndjson'), content)
    expect((await readPartition(source, 'a.ndjson', position)).values).toEqual(values)
  })

  test('each position of a large file leads to exactly the rest', async () => {
    const lines = Array.from({ length: 9_000 }, (_, index) => `{"n":${index},"pad":"${'p'.repeat(index % 500)}"}`)
    const { batches, source } = await readText(lines.join('\n'))
    expect(batches.length).toBeGreaterThan(4)
    let before = 0
    for (const batch of batches) {
      before += batch.events.length
      const rest = await readPartition(source, 'a.ndjson', JSON.parse(JSON.stringify(batch.position)))
      expect(rest.values).toEqual(lines.slice(before))
    }
  })

  test('a position that no source wrote is refused', async () => {
    const { source } = await readText('1\n')
    for (const position of [{ format: 'ndjson' }, 7, 'x', [], { format: 'ndjson', digest: 'x', bytes: -1 }]) {
      await expect(async () => await readPartition(source, 'a.ndjson', position)).rejects.toMatchObject({
        code: 'E_SOURCE_POSITION',
      })
    }
  })

  test('a position of the other format begins anew', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.json'), '[1]')
    const json = await createPullSource(fileSource, { path: '*.json' }, connectorContext({ baseDir: folder }))
    const { position } = await readPartition(json, 'a.json')
    const config = { path: '*.json', format: 'ndjson' }
    const lines = await createPullSource(fileSource, config, connectorContext({ baseDir: folder }))
    expect((await readPartition(lines, 'a.json', position)).values).toEqual(['[1]'])
  })
})

describe('a source that stops', () => {
  test('ends an open reader', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.ndjson'), '1\n'.repeat(5_000))
    for (const how of ['close', 'abort'] as const) {
      const { source, context } = await lineSource(folder)
      const reader = source.open('a.ndjson', null)[Symbol.asyncIterator]()
      await reader.next()
      if (how === 'close') await source.close()
      else context.stop()
      const rest = await collect({ [Symbol.asyncIterator]: () => reader })
      expect(rest.flatMap(({ events }) => events).length).toBeLessThan(3_001)
      await source.close()
      await source.close()
    }
  })
})
