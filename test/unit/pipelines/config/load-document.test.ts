import { describe, expect, test } from 'vitest'
import { loadDocument } from '../../../../pipelines/config/load-document.ts'
import { PIPELINE_LIMITS } from '../../../../pipelines/limits.ts'
import { loadOptions } from '../../../support/small-plugins.ts'

const DOCUMENT = `pipeline: p
vars: { folder: ./in, token: '\${env:TOKEN}', level: 3 }
sources:
  scans: { uses: lines, with: { path: '\${var:folder}/\${env:NAME:-all}' } }
  in: { uses: hook, with: { listen: '\${env:LISTEN}', token: '\${var:token}', port: 80 } }
sinks:
  out: { from: [ scans, in ], uses: box, with: { url: 'http://x', token: '\${file:token.txt}' } }
  log: { from: in, uses: printer }
description: 'uses \${env:TOKEN} and \${var:level}'
`

const INPUT = { file: 'p.yaml', text: DOCUMENT }
const ENV = { TOKEN: 'hunter2', LISTEN: 'here' }

function codes(loaded: Awaited<ReturnType<typeof loadDocument>>): string[] {
  return loaded.diagnostics.map(({ code }) => code)
}

describe('the resolved document', () => {
  test('Invariant 7: holds what was filled in, and no secret wherever it came from', async () => {
    const { resolved, diagnostics } = await loadDocument(INPUT, loadOptions({ 'token.txt': 'hunter3\n' }, { env: ENV }))
    expect(diagnostics).toEqual([])
    expect(resolved?.document).toEqual({
      pipeline: 'p',
      vars: { folder: './in', token: '[secret]', level: 3 },
      sources: {
        scans: { uses: 'lines', with: { path: './in/all' } },
        in: { uses: 'hook', with: { listen: 'here', token: '[secret]', port: 80 } },
      },
      sinks: {
        out: { from: ['scans', 'in'], uses: 'box', with: { url: 'http://x', token: '[secret]' } },
        log: { from: 'in', uses: 'printer' },
      },
      description: '[secret]',
    })
    expect(JSON.stringify(resolved)).not.toContain('hunter')
  })

  test('says where each value comes from', async () => {
    const { resolved } = await loadDocument(INPUT, loadOptions({ 'token.txt': 'hunter3' }, { env: ENV }))
    const origins = new Map(resolved?.origins.map(({ path, line, column, from }) => [path, [line, column, ...from]]))
    expect(origins.get('pipeline')).toEqual([1, 11, 'document'])
    expect(origins.get('sources.scans.with.path')).toEqual([4, 39, 'var:folder', 'default of env:NAME'])
    expect(origins.get('sinks.out.with.token')).toEqual([7, 74, 'file:token.txt'])
    expect(origins.get('sinks.out.from[1]')).toEqual([7, 25, 'document'])
  })

  test('shows nothing of the config of a plugin that nobody knows', async () => {
    const text = 'pipeline: p\nsources: { a: { uses: ./none.js, with: { password: hunter2, deep: [ hunter2 ] } } }\n'
    const { resolved } = await loadDocument({ file: 'p.yaml', text }, loadOptions())
    expect(JSON.stringify(resolved)).not.toContain('hunter2')
  })
})

describe('variables', () => {
  const path = async (options: Parameters<typeof loadOptions>[1]): Promise<unknown> => {
    const { document } = await loadDocument(INPUT, loadOptions({ 'token.txt': 'x' }, { env: ENV, ...options }))
    return document?.sources[0]?.config
  }

  test('of the document stand in', async () => {
    expect(await path({})).toEqual({ path: './in/all', follow: false })
  })

  test('that are given win', async () => {
    expect(await path({ vars: { folder: '/given' } })).toEqual({ path: '/given/all', follow: false })
  })

  test('of the environment: a default is for what is unset or empty', async () => {
    expect(await path({ env: { ...ENV, NAME: '' } })).toEqual({ path: './in/all', follow: false })
    expect(await path({ env: { ...ENV, NAME: 'one' } })).toEqual({ path: './in/one', follow: false })
  })

  test('are not looked for in the prototype of the environment', async () => {
    const text = "pipeline: p\nsources: { a: { uses: lines, with: { path: '${env:constructor}' } } }\n"
    expect(codes(await loadDocument({ file: 'p.yaml', text }, loadOptions()))).toEqual(['E_ENV_MISSING'])
  })

  test('are not filled in twice', async () => {
    expect(await path({ env: { ...ENV, NAME: '${env:TOKEN}' } })).toEqual({ path: './in/${env:TOKEN}', follow: false })
  })
})

describe('files', () => {
  const text = "pipeline: p\ndescription: '${file:a.txt}'\nsources: { a: { uses: lines, with: { path: a } } }\n"
  const description = async (content: Uint8Array): Promise<string[]> => {
    const options = loadOptions({}, { readFile: () => Promise.resolve(content) })
    const loaded = await loadDocument({ file: 'p.yaml', text }, options)
    return codes(loaded).length > 0 ? codes(loaded) : [loaded.document?.settings?.description ?? '']
  }

  test.for([
    ['a\n', 'a'],
    ['a\n\n', 'a\n'],
    ['a\r\n', 'a'],
    [' a ', ' a '],
    ['', ''],
  ])('lose one line break at the end: %j', async ([content, filled]) => {
    expect(await description(new TextEncoder().encode(content))).toEqual([filled])
  })

  test('that are no text are refused', async () => {
    expect(await description(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual(['E_FILE_MISSING'])
  })

  test('that are too large are refused', async () => {
    const limit = PIPELINE_LIMITS.interpolatedFileBytes.default
    expect(await description(new Uint8Array(limit + 1).fill(97))).toEqual(['E_FILE_MISSING'])
  })

  test('are looked for in the folder of the document', async () => {
    const asked: string[] = []
    const readFile = (path: string): Promise<Uint8Array> => {
      asked.push(path)
      return Promise.resolve(new Uint8Array())
    }
    await loadDocument({ file: '/somewhere/p.yaml', text }, loadOptions({}, { readFile }))
    expect(asked).toEqual(['/somewhere/a.txt'])
  })
})

describe('the file of the document', () => {
  const load = (bytes: Uint8Array): ReturnType<typeof loadDocument> =>
    loadDocument({ file: 'p.yaml' }, loadOptions({}, { readFile: () => Promise.resolve(bytes) }))

  test('is read', async () => {
    const { document } = await load(new TextEncoder().encode('\ufeffpipeline: p\nsources: {}\n'))
    expect(document?.nameRange).toEqual({ start: 10, end: 11 })
  })

  test('must exist', async () => {
    await expect(loadDocument({ file: 'none.yaml' }, loadOptions())).rejects.toMatchObject({
      code: 'E_DOCUMENT_READ',
      message: 'none.yaml: there is no such file',
    })
  })

  test('must be UTF-8', async () => {
    await expect(load(new Uint8Array([0x61, 0xff]))).rejects.toMatchObject({ code: 'E_DOCUMENT_READ' })
  })

  test('must not be beyond all bounds', async () => {
    const bytes = new Uint8Array(PIPELINE_LIMITS.documentBytes.default * 4 + 1)
    await expect(load(bytes)).rejects.toMatchObject({ code: 'E_DOCUMENT_LIMIT' })
  })
})

describe('limits', () => {
  const depth = PIPELINE_LIMITS.documentDepth.default
  test.for<[name: string, text: string]>([
    ['bytes', '#'.repeat(PIPELINE_LIMITS.documentBytes.default + 1)],
    ['brackets that would end the stack', `a: ${'['.repeat(100_000)}`],
    ['lists that would end the stack', `${'- '.repeat(100_000)}a`],
    ['depth, by one', `a: ${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['words', '- a\n'.repeat(PIPELINE_LIMITS.documentTokens.default / 3)],
    ['values', `a: [${'1,'.repeat(PIPELINE_LIMITS.documentValues.default)}]`],
    [
      'aliases that multiply',
      Array.from({ length: 8 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1}, `.repeat(i === 0 ? 0 : 9)}1]`).join('\n'),
    ],
    ['an alias within its own anchor', 'a: &a [ *a ]'],
  ])('%s', async ([name, text]) => {
    const loaded = await loadDocument({ file: 'p.yaml', text }, loadOptions())
    expect(codes(loaded)).toEqual(
      expect.arrayContaining([name.startsWith('an alias') ? 'E_YAML_ALIAS' : 'E_DOCUMENT_LIMIT']),
    )
  })

  test('nodes', async () => {
    const { default: limit } = PIPELINE_LIMITS.documentNodes
    const sources = Array.from({ length: limit + 2 }, (_, i) => `  s${i}: { uses: ticks }\n`)
    const loaded = await loadDocument(
      { file: 'p.yaml', text: `pipeline: p\nsources:\n${sources.join('')}` },
      loadOptions(),
    )
    expect(codes(loaded)).toEqual(['E_DOCUMENT_LIMIT'])
    expect(loaded.document?.sources).toHaveLength(limit)
  })

  test('diagnostics: errors do not crowd out that there is one', async () => {
    const { default: limit } = PIPELINE_LIMITS.diagnostics
    const keys = Array.from({ length: limit + 50 }, (_, i) => `k${i}: 1\n`)
    const { diagnostics, document } = await loadDocument({ file: 'p.yaml', text: keys.join('') }, loadOptions())
    expect(diagnostics).toHaveLength(limit)
    expect(document?.isSound).toBe(false)
  })
})
