import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../schemas/json.ts'
import { readBundle } from '../../../processors/policy/bundle.ts'
import { OpaWasmInstance } from '../../../processors/policy/opa-wasm-instance.ts'
import { compilePolicy } from '../../../processors/policy/policy-module.ts'
import { readTar } from '../../../processors/policy/tar-archive.ts'
import { temporaryFolder } from '../../support/connector-context.ts'
import { ROOT } from '../../support/source-files.ts'

const FOLDER = join(ROOT, 'examples/policies')
const ENTRYPOINT = 'gate/verdict'
const { OPA } = process.env

describe('the bundle of the example', () => {
  test('was built from the sources beside it', async () => {
    const files = readTar(gunzipSync(await readFile(join(FOLDER, 'gate.tar.gz'))))
    const manifest = JSON.parse(Buffer.from(files.get('.manifest')!).toString()) as { metadata: { sha256: JsonObject } }
    for (const source of ['gate.rego', 'data.json']) {
      const digest = createHash('sha256').update(await readFile(join(FOLDER, source))).digest('hex')
      expect(manifest.metadata.sha256[source], `${source} has changed: run examples/policies/build.sh`).toBe(digest)
    }
  })

  test.skipIf(OPA === undefined)('comes out the same when it is built again, its tests passing', async () => {
    const folder = temporaryFolder()
    for (const name of ['gate.rego', 'gate_test.rego', 'data.json', 'build.sh']) {
      await cp(join(FOLDER, name), join(folder, name))
    }
    const { stdout } = await promisify(execFile)(join(folder, 'build.sh'), { env: { ...process.env, OPA } })
    expect(stdout).toMatch(/^PASS: (\d+)\/\1/m)
    const [built, committed] = await Promise.all([folder, FOLDER].map((path) => readFile(join(path, 'gate.tar.gz'))))
    expect(built!.equals(committed!)).toBe(true)
  })
})

describe('the gate, as wasm', () => {
  const gate: { evaluate?: (finding: JsonObject, at: string) => unknown } = {}

  beforeAll(async () => {
    const module = await compilePolicy(await readBundle('gate.tar.gz', ENTRYPOINT, FOLDER), ENTRYPOINT)
    const instance = new OpaWasmInstance(module.compiled, module.initialPages)
    instance.setData(module.data)
    gate.evaluate = (finding, at) => {
      const input = Buffer.from(JSON.stringify(finding))
      const result = instance.evaluate(module.entrypoints.get(ENTRYPOINT)!, input, { timeMs: Date.parse(at) })
      return JSON.parse(Buffer.from(result!).toString())
    }
  })

  const at = '2026-11-21T08:17:14.674Z'

  function vulnerability(id: string, name: string, severity: number, more: JsonObject = {}): JsonObject {
    return {
      class_uid: 2002,
      severity_id: severity,
      status_id: 1,
      resources: [{ uid: 'shop' }],
      vulnerabilities: [
        {
          cve: { uid: id, created_time: Date.parse('2026-10-01T00:00:00Z') },
          affected_packages: [
            { name, version: '1', fixed_in_version: '1.2.6' },
            { name, version: '2', fixed_in_version: '2.0.1' },
          ],
          ...more,
        },
      ],
    }
  }

  const advisory = { cve: null, advisory: { uid: 'GHSA-x', created_time: Date.parse('2026-10-01T00:00:00Z') } }

  test.for<readonly [name: string, finding: JsonObject, reasons: readonly string[]]>([
    ['critical', vulnerability('CVE-1', 'minimist', 5), ['CVE-1 in minimist is critical, and 1.2.6 or 2.0.1 fixes it.']],
    [
      'high for long',
      vulnerability('CVE-1', 'lodash', 4),
      ['CVE-1 in lodash is high, was published 51 days ago, and 1.2.6 or 2.0.1 fixes it.'],
    ],
    ['an advisory', vulnerability('', 'x', 5, advisory), ['GHSA-x in x is critical, and 1.2.6 or 2.0.1 fixes it.']],
    ['medium', vulnerability('CVE-1', 'x', 3), []],
    ['critical without a fix', vulnerability('CVE-1', 'x', 5, { affected_packages: [{ name: 'x' }] }), []],
    ['with a waiver', vulnerability('CVE-2019-10906', 'jinja2', 4), []],
    [
      'with a waiver for another package',
      vulnerability('CVE-2019-10906', 'django', 5),
      ['CVE-2019-10906 in django is critical, and 1.2.6 or 2.0.1 fixes it.'],
    ],
    [
      'a secret',
      { class_uid: 2006, finding_info: { title: 'Stripe secret key' }, file: { path: 'app.py' } },
      ['Stripe secret key in app.py: a secret has to be revoked and taken out.'],
    ],
    ['a scan', { class_uid: 6007, severity_id: 1 }, []],
    ['nothing', {}, []],
  ])('%s', ([, finding, reasons]) => {
    expect(gate.evaluate!(finding, at)).toEqual({ allow: reasons.length === 0, reasons })
  })

  test('a waiver ends', () => {
    expect(gate.evaluate!(vulnerability('CVE-2019-10906', 'jinja2', 5), '2027-04-01T00:00:00Z')).toEqual({
      allow: false,
      reasons: ['CVE-2019-10906 in jinja2 is critical, and 1.2.6 or 2.0.1 fixes it. Its waiver ended on 2027-03-31.'],
    })
  })
})
