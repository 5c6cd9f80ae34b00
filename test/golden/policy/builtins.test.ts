import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../schemas/json.ts'
import { readBundle } from '../../../processors/policy/bundle.ts'
import { BUILTINS } from '../../../processors/policy/builtins/builtins.ts'
import { OpaWasmInstance } from '../../../processors/policy/opa-wasm-instance.ts'
import { compilePolicy } from '../../../processors/policy/policy-module.ts'

/** Rego compiled to wasm, and what OPA 1.22.0 itself says about it. `builtins/build.sh` makes both. */
const FOLDER = join(import.meta.dirname, 'builtins')

const FAMILIES = ['collections', 'encodings', 'hashes', 'network', 'regex', 'semver', 'sprintf', 'time', 'units']

const recorded: { expected: Record<string, JsonObject>; instance?: OpaWasmInstance } = { expected: {} }

beforeAll(async () => {
  recorded.expected = JSON.parse(await readFile(join(FOLDER, 'expected.json'), 'utf8')) as Record<string, JsonObject>
  const entrypoint = 'builtins/time'
  const module = await compilePolicy(await readBundle('builtins.tar.gz', entrypoint, FOLDER), entrypoint)
  recorded.instance = new OpaWasmInstance(module.compiled, module.initialPages)
  recorded.instance.setData(module.data)
})

describe('builtins, as OPA has them', () => {
  test.for(FAMILIES)('%s', (family) => {
    const instance = recorded.instance!
    const entrypoint = instance.entrypoints[`builtins/${family}`]!
    const bytes = instance.evaluate(entrypoint, Buffer.from('null'), { timeMs: 0 })!
    const got = JSON.parse(Buffer.from(bytes).toString()) as Record<string, Json>
    const expected = recorded.expected[family]!
    expect(Object.keys(got).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, value] of Object.entries(expected)) expect(got[name], name).toEqual(value)
  })

  test('every builtin is in there', async () => {
    const sources = await Promise.all(FAMILIES.map((family) => readFile(join(FOLDER, `${family}.rego`), 'utf8')))
    const elsewhere = ['time.now_ns', 'trace']
    const untested = [...BUILTINS.keys()].filter((name) => !sources.some((source) => source.includes(`${name}(`)))
    expect(untested).toEqual(elsewhere)
  })
})
