import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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

async function documentSource(folder: string, config: object = {}) {
  const context = connectorContext({ baseDir: folder })
  return { context, source: await createPullSource(fileSource, { path: '*.json', ...config }, context) }
}

async function readDocumentText(content: string | Uint8Array, config: object = {}) {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'a.json'), content)
  const { source, context } = await documentSource(folder, config)
  return { ...(await readPartition(source, 'a.json')), context, folder, source }
}

function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

describe('a document as an event', () => {
  test('keeps its bytes', async () => {
    const content = '{\n  "n": 9007199254740993,\n  "f": 1.50\n}\n'
    const read = await readDocumentText(content)
    expect(read.values).toEqual([content])
    expect(read.events[0]).toMatchObject({
      id: `${digestOf(content).slice(0, 32)}-1`,
      subject: 'a.json',
      type: 'file.item',
    })
    expect(read.position).toMatchObject({ digest: digestOf(content), items: 1, done: true })
  })

  test('loses a byte order mark', async () => {
    expect((await readDocumentText('\ufeff{"a":1}')).values).toEqual(['{"a":1}'])
  })

  test('of any kind of value', async () => {
    for (const content of ['null', '0', '"x"', '[]', 'false', ' {} ']) {
      expect((await readDocumentText(content)).values).toEqual([content])
    }
  })
})

describe('items of a document', () => {
  const items = 'value.list'

  test('are events, numbered from 1', async () => {
    const content = '{"list":[{"a":1},[2],"x",null,false]}'
    const read = await readDocumentText(content, { items })
    expect(read.values).toEqual(['{"a":1}', '[2]', '"x"', 'null', 'false'])
    expect(read.ids).toEqual([1, 2, 3, 4, 5].map((item) => `${digestOf(content).slice(0, 32)}-${item}`))
  })

  test('a JSON null is a payload and deletes nothing', async () => {
    const { events } = await readDocumentText('{"list":[null]}', { items })
    expect(events[0]?.value).toEqual(Buffer.from('null'))
  })

  test('with numbers that a double would round keep the numbers as they are written', async () => {
    const content = '{"list":[{"n":9007199254740993,"f":1.0},{"n":1e400,"s":"9007199254740993"},{"n":1.50}]}'
    const read = await readDocumentText(content, { items })
    expect(read.values).toEqual(['{"n":9007199254740993,"f":1}', '{"n":1e400,"s":"9007199254740993"}', '{"n":1.5}'])
  })

  test('a field named __proto__ is a field', async () => {
    const read = await readDocumentText('{"list":[{"__proto__":{"polluted":true}}]}', { items })
    expect(read.values).toEqual(['{"__proto__":{"polluted":true}}'])
    expect(Object.prototype).not.toHaveProperty('polluted')
  })

  test('an empty list is read, too', async () => {
    const read = await readDocumentText('{"list":[]}', { items })
    expect(read.batches).toHaveLength(1)
    expect(read.position).toMatchObject({ items: 0, done: true })
  })

  test.for([
    ['{"list":{}}', 'E_ITEMS', "`items: 'value.list'` gives a map for a.json, not a list"],
    ['{"list":null}', 'E_ITEMS', "`items: 'value.list'` gives null for a.json, not a list"],
    ['{"list":"x"}', 'E_ITEMS', "`items: 'value.list'` gives a string for a.json, not a list"],
    ['{}', 'E_EXPRESSION_VALUE', ''],
  ] as const)('%s is refused with %s', async ([content, code, message]) => {
    const read = await readDocumentText(content, { items })
    expect(read.events).toEqual([])
    expect(read.failed).toMatchObject([
      { error: { code, message: expect.stringContaining(message) }, origin: 'a.json' },
    ])
  })

  test('every position leads to exactly the rest', async () => {
    const list = Array.from({ length: 5_000 }, (_, index) => index)
    const { batches, source } = await readDocumentText(JSON.stringify({ list }), { items })
    expect(batches).toHaveLength(3)
    let before = 0
    for (const batch of batches) {
      before += batch.events.length
      const rest = await readPartition(source, 'a.json', batch.position)
      expect(rest.values).toEqual(list.slice(before).map(String))
    }
  })

  test('counted with another expression, a half read document begins again', async () => {
    const list = Array.from({ length: 3_000 }, (_, index) => index)
    const { batches, folder } = await readDocumentText(JSON.stringify({ list }), { items })
    const { source } = await documentSource(folder, { items: 'value.list.filter(x, x != 0)' })
    const rest = await readPartition(source, 'a.json', batches[0]?.position)
    expect(rest.events).toHaveLength(2_999)
  })
})

describe('documents that cannot be read', () => {
  test.for([
    ['{"a": tru}\n', 'E_INPUT_JSON', 'a.json:1:7 expected a value'],
    ['{\n "é": "x",\n "b": y }', 'E_INPUT_JSON', 'a.json:3:7 expected a value'],
    ['{\n "é🦫": y }', 'E_INPUT_JSON', 'a.json:2:9 expected a value'],
    ['{"a": [1, 2', 'E_INPUT_JSON', 'a.json:1:12 the document breaks off'],
    ['', 'E_INPUT_JSON', 'a.json:1:1 the document is empty'],
    ['{}{}', 'E_INPUT_JSON', 'a.json:1:3 more follows the document'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'E_INPUT_BINARY', 'a.json is not UTF-8 text'],
    [Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'E_INPUT_BINARY', 'a.json is binary: byte 4 is zero'],
    [Buffer.from('\ufeff{}', 'utf16le'), 'E_INPUT_BINARY', 'a.json is UTF-16 text'],
    ['['.repeat(100_000), 'E_INPUT_DEPTH', 'a.json:1:501 nested more than 500 deep'],
  ] as const)('$1 $2', async ([content, code, message]) => {
    for (const config of [{}, { items: 'value.list' }]) {
      const read = await readDocumentText(content, config)
      expect(read.events).toEqual([])
      expect(read.failed).toMatchObject([{ error: { code, message }, bytes: Buffer.from(content) }])
      expect(read.position).toMatchObject({ done: true, refused: code })
    }
  })

  test('a message never quotes the document', async () => {
    const { failed } = await readDocumentText('{"password": "hunter2", "token": s3cret}')
    expect(`${String(failed[0]?.error)} ${JSON.stringify(failed[0]?.error)}`).not.toMatch(/hunter2|s3cret/)
  })

  test('a document over the limit is refused by its name, with length, hash and beginning', async () => {
    const content = JSON.stringify('x'.repeat(3_000_000))
    const { events, failed } = await readDocumentText(content, { max_document: '2MiB' })
    expect(events).toEqual([])
    expect(failed).toMatchObject([
      {
        error: { code: 'E_INPUT_TOO_LARGE', message: expect.stringContaining('`max_document`') },
        cut: { length: content.length, sha256: digestOf(content) },
      },
    ])
    expect(failed[0]?.bytes).toHaveLength(CONNECTOR_LIMITS.maxFailedInputBytes.default)
  })

  test.for([
    [2_097_151, 0],
    [2_097_152, 0],
    [2_097_153, 1],
  ] as const)('a document of %i bytes under a limit of 2 MiB: %i failed', async ([length, failures]) => {
    const { failed } = await readDocumentText(`"${'x'.repeat(length - 2)}"`, { max_document: '2MiB' })
    expect(failed).toHaveLength(failures)
  })

  test('fails once, and is read as soon as the config makes it readable', async () => {
    const { folder, position } = await readDocumentText('{"findings":[1,2]}', { items: 'value.list' })
    const again = await documentSource(folder, { items: 'value.list' })
    expect(await readPartition(again.source, 'a.json', position)).toMatchObject({
      failed: [],
      alreadyRead: 1,
      position,
    })
    const corrected = await documentSource(folder, { items: 'value.findings' })
    expect(await readPartition(corrected.source, 'a.json', position)).toMatchObject({
      values: ['1', '2'],
      alreadyRead: 0,
    })
  })
})

describe('reading again', () => {
  test('an unchanged document is not read, a changed one is', async () => {
    const { folder, position } = await readDocumentText('{"a":1}')
    const { source } = await documentSource(folder)
    const unchanged = await readPartition(source, 'a.json', position)
    expect(unchanged).toMatchObject({ values: [], alreadyRead: 1, position })
    writeFileSync(join(folder, 'a.json'), '{"a":2}')
    expect((await readPartition(source, 'a.json', position)).values).toEqual(['{"a":2}'])
  })

  test('a document that was replaced when half read is said to be', async () => {
    const list = Array.from({ length: 3_000 }, (_, index) => index)
    const { batches, folder } = await readDocumentText(JSON.stringify({ list }), { items: 'value.list' })
    writeFileSync(join(folder, 'a.json'), '{"list":[1]}')
    const { source, context } = await documentSource(folder, { items: 'value.list' })
    expect((await readPartition(source, 'a.json', batches[0]?.position)).values).toEqual(['1'])
    expect(context.logged).toMatchObject([{ level: 'warn', fields: { path: 'a.json', read: 2_000 } }])
  })

  test('a file that vanished gives nothing and no error', async () => {
    const { source } = await documentSource(temporaryFolder())
    expect((await readPartition(source, 'gone.json')).batches).toEqual([])
  })
})

describe('the files of a bounded source', () => {
  async function namesOf(folder: string, config: object) {
    const { source, context } = await documentSource(folder, config)
    const names: string[] = []
    let error: unknown = null
    try {
      for await (const name of source.partitions()) names.push(name)
    } catch (thrown) {
      error = thrown
    }
    return {
      names,
      error,
      warnings: context.logged.map(({ message, fields }) => `${message}: ${String(fields['path'])}`),
    }
  }

  function twoFiles(): string {
    const folder = temporaryFolder()
    for (const name of ['b.json', 'a.json']) writeFileSync(join(folder, name), '1')
    return folder
  }

  test('come in order', async () => {
    expect(await namesOf(twoFiles(), {})).toEqual({ names: ['a.json', 'b.json'], error: null, warnings: [] })
  })

  test('a path that matches nothing is an error that names the path and the folder', async () => {
    const folder = temporaryFolder()
    const { error } = await namesOf(folder, { path: './reports/*.json' })
    expect(error).toMatchObject({ code: 'E_FILE_NONE', message: `no file matches ./reports/*.json in ${folder}` })
    expect((await namesOf(folder, { allow_empty: true })).error).toBeNull()
  })

  test('a missing file among others is an error after the others were read; an empty pattern is a warning', async () => {
    const folder = twoFiles()
    expect(await namesOf(folder, { path: ['a.json', 'c.json'] })).toMatchObject({
      names: ['a.json'],
      error: { code: 'E_FILE_NONE', message: `no file matches c.json in ${folder}` },
    })
    expect(await namesOf(folder, { path: ['a.json', 'c*.json'] })).toEqual({
      names: ['a.json'],
      error: null,
      warnings: ['no file matches: c*.json'],
    })
  })

  test('what cannot be read is an error after the others were named', async () => {
    const folder = twoFiles()
    expect(await namesOf(folder, { path: ['a.json', '.'] })).toMatchObject({
      names: ['a.json'],
      error: { code: 'E_FILE_READ', message: '. is a folder' },
    })
  })

  test('a name without a known ending needs a format', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a.txt'), '1\n2\n')
    const { source } = await documentSource(folder, { path: 'a.txt' })
    await expect(async () => await readPartition(source, 'a.txt')).rejects.toMatchObject({ code: 'E_FILE_FORMAT' })
    const lines = await documentSource(folder, { path: 'a.txt', format: 'ndjson' })
    expect((await readPartition(lines.source, 'a.txt')).values).toEqual(['1', '2'])
  })

  test('stop when the node stops', async () => {
    const { source, context } = await documentSource(twoFiles())
    const names = source.partitions()[Symbol.asyncIterator]()
    await names.next()
    context.stop()
    expect(await collect({ [Symbol.asyncIterator]: () => names })).toEqual([])
  })
})

describe('the config', () => {
  test.for([
    [{}, 'path'],
    [{ path: '' }, 'path'],
    [{ path: [] }, 'path'],
    [{ path: 'a', format: 'xml' }, 'format'],
    [{ path: 'a', poll_every: 1 }, 'poll_every'],
    [{ path: 'a', poll_every: 'soon' }, 'poll_every'],
    [{ path: 'a.ndjson', format: 'ndjson', items: 'value' }, 'items'],
    [{ path: '{a,b}'.repeat(20) }, 'path'],
  ] as const)('%j is refused at %s', ([config, field]) => {
    const result = fileSource.definition.config.safeParse(config)
    expect(result.error?.issues[0]?.path[0]).toBe(field)
  })
})
