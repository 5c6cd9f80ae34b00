import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { BUILTINS } from '../../../processors/policy/builtins/builtins.ts'
import { readBundle } from '../../../processors/policy/bundle.ts'
import { OpaWasmInstance } from '../../../processors/policy/opa-wasm-instance.ts'
import { compilePolicy } from '../../../processors/policy/policy-module.ts'

/**
 * OPA's own conformance cases (`v1/test/cases/testdata/v1` of the module github.com/open-policy-agent/opa) for the
 * builtins that are ours. Each case is compiled with `opa`, so this runs where both are:
 * OPA_TESTDATA=…/testdata/v1 OPA=/path/to/opa npx vitest run --project golden opa-conformance
 */
const { OPA_TESTDATA, OPA } = process.env

interface Case {
  readonly note: string
  readonly query: string
  readonly modules?: readonly string[]
  readonly data?: unknown
  readonly input?: unknown
  readonly input_term?: string
  readonly want_result?: readonly Record<string, unknown>[]
  readonly want_error_code?: string
  readonly want_error?: string
  readonly sort_bindings?: boolean
}

const FOLDERS = [
  'base64urlbuiltins',
  'cryptohmacequal',
  'cryptohmacmd5',
  'cryptohmacsha1',
  'cryptohmacsha256',
  'cryptohmacsha512',
  'cryptomd5',
  'cryptosha1',
  'cryptosha256',
  'globquotemeta',
  'hexbuiltins',
  'jsonbuiltins',
  'netcidrexpand',
  'netcidrisvalid',
  'numbersrangestep',
  'regexfind',
  'regexmatchtemplate',
  'regexreplace',
  'regexsplit',
  'semvercompare',
  'semverisvalid',
  'sprintf',
  'strings',
  'subset',
  'time',
  'units',
  'urlbuiltins',
  'uuid',
]

/** Differences that are meant, or come with the wasm; each with its reason. */
const ROUNDED = 'the result has integers that a double would round: here that is an error'
const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'strings/sprintf: float too big': 'a number beyond the range of a double is an error',
  'time/parse_nanos': ROUNDED,
  'time/parse_rfc3339_nanos': ROUNDED,
  'uuid-parse/positive-v2': ROUNDED,
}

const scratch = { folder: '' }
beforeAll(async () => void (scratch.folder = await mkdtemp(join(tmpdir(), 'stoplog-conformance-'))))
afterAll(() => rm(scratch.folder, { recursive: true, force: true }))

async function casesOf(folder: string): Promise<readonly Case[]> {
  const path = join(OPA_TESTDATA ?? '', folder)
  const files = readdirSync(path).filter((name) => name.endsWith('.yaml'))
  const documents = await Promise.all(files.map((name) => readFile(join(path, name), 'utf8')))
  return documents.flatMap((text) => (parse(text, { intAsBigInt: false }) as { cases: Case[] }).cases)
}

/** What the case gives when run as wasm here: `[]` where it is undefined, the code of the error where it fails. */
async function evaluate({ query, modules = [], data, input }: Case, name: string): Promise<unknown> {
  const [, path = '', binding = ''] = /^data\.([\w.]+) = (\w+)$/.exec(query) ?? []
  const folder = join(scratch.folder, name)
  await mkdir(folder)
  await Promise.all(modules.map((text, index) => writeFile(join(folder, `module${index}.rego`), text)))
  if (data !== undefined) await writeFile(join(folder, 'data.json'), JSON.stringify(data))
  const entrypoint = path.replaceAll('.', '/')
  const output = join(scratch.folder, `${name}.tar.gz`)
  await promisify(execFile)(OPA ?? 'opa', ['build', '-t', 'wasm', '-e', entrypoint, '-o', output, folder])
  const module = await compilePolicy(await readBundle(output, entrypoint, '/'), entrypoint)
  const instance = new OpaWasmInstance(module.compiled, module.initialPages)
  instance.setData(module.data)
  const bytes = Buffer.from(input === undefined ? 'null' : JSON.stringify(input))
  const result = instance.evaluate(module.entrypoints.get(entrypoint) ?? -1, bytes, { timeMs: 0 })
  return result === undefined ? [] : [{ [binding]: JSON.parse(Buffer.from(result).toString()) as unknown }]
}

function sorted(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}

function isOurs(one: Case): boolean {
  const calls = one.modules?.join('\n') ?? ''
  return (
    /^data\.[\w.]+ = \w+$/.test(one.query) &&
    one.input_term === undefined &&
    !calls.includes('test.sleep(') &&
    [...BUILTINS.keys()].some((name) => calls.includes(`${name}(`))
  )
}

describe.skipIf(OPA_TESTDATA === undefined)('OPA conformance', () => {
  test.for(FOLDERS)('%s', { timeout: 600_000 }, async (folder) => {
    const cases = (await casesOf(folder)).filter(isOurs)
    const differences: { readonly note: string; readonly got: unknown; readonly wanted: unknown }[] = []
    for (const [index, one] of cases.entries()) {
      const got = await evaluate(one, `${folder}-${index}`).catch((error: unknown) => error)
      // A builtin that fails is undefined here, whether or not the case asks OPA to be strict.
      const wanted = one.want_result ?? []
      const same = one.sort_bindings === true ? [sorted(got), sorted(wanted)] : [got, wanted]
      try {
        expect(same[0]).toEqual(same[1])
      } catch {
        differences.push({ note: one.note, got: got instanceof Error ? got.message : got, wanted })
      }
    }
    expect(differences.filter(({ note }) => KNOWN_DIFFERENCES[note] === undefined)).toEqual([])
    const known = cases.map(({ note }) => note).filter((note) => KNOWN_DIFFERENCES[note] !== undefined)
    expect(differences.map(({ note }) => note)).toEqual(known)
  })
})
