import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBundle } from '../../../../processors/policy/bundle.ts'
import { compilePolicy, type PolicyModule } from '../../../../processors/policy/policy-module.ts'
import { readTar } from '../../../../processors/policy/tar-archive.ts'
import { temporaryFolder } from '../../../support/connector-context.ts'
import { BUNDLES } from './behaviour.ts'
import { writeTar } from './tar.ts'

const ALLOW = 'behaviour/allow'

async function load(path: string, entrypoint = ALLOW, baseDir = BUNDLES): Promise<PolicyModule> {
  return compilePolicy(await readBundle(path, entrypoint, baseDir), entrypoint)
}

async function refusal(path: string, entrypoint = ALLOW, baseDir = BUNDLES): Promise<string> {
  const error: unknown = await load(path, entrypoint, baseDir).catch((thrown: unknown) => thrown)
  if (error instanceof Error && 'code' in error && 'fix' in error) {
    return `${String(error.code)} ${error.message}\nfix: ${String(error.fix)}`
  }
  throw error
}

/** Files of the bundle of behaviour.rego. */
async function bundleFiles(): Promise<Map<string, Uint8Array>> {
  return new Map(readTar(gunzipSync(await readFile(join(BUNDLES, 'behaviour.tar.gz')))))
}

async function writeBundle(folder: string, files: ReadonlyMap<string, Uint8Array | string>): Promise<string> {
  const path = join(folder, 'bundle.tar.gz')
  await writeFile(path, gzipSync(writeTar([...files])))
  return path
}

describe('a policy can be', () => {
  test('a bundle', async () => {
    const module = await load('behaviour.tar.gz')
    expect(module.revision).toBe('r1')
    expect(Buffer.from(module.data).toString()).toContain('"most":10')
    expect([...module.entrypoints.keys()]).toContain(ALLOW)
  })

  test('a module alone', async () => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'policy.wasm'), (await bundleFiles()).get('policy.wasm')!)
    const module = await load('policy.wasm', ALLOW, folder)
    expect([module.revision, Buffer.from(module.data).toString()]).toEqual(['', '{}'])
  })

  test('a folder with an unpacked bundle', async () => {
    const folder = temporaryFolder()
    for (const [path, bytes] of await bundleFiles()) await writeFile(join(folder, path), bytes)
    const module = await load(folder)
    expect(module.revision).toBe('r1')
    const before = module.digest
    await writeFile(join(folder, 'data.json'), '{"limits":{"most":11}}')
    expect((await load(folder)).digest).not.toBe(before)
  })

  test('a bundle with data in several folders', async () => {
    const files: Map<string, Uint8Array | string> = await bundleFiles()
    files.set('data.json', '{"a":1}')
    files.set('limits/data.json', '{"most":3}')
    files.set('limits/deep/data.json', '{"__proto__":{"x":1}}')
    const module = await load(await writeBundle(temporaryFolder(), files))
    expect(Buffer.from(module.data).toString()).toBe('{"a":1,"limits":{"most":3,"deep":{"__proto__":{"x":1}}}}')
  })
})

describe('refused is', () => {
  test('a file that is not there', async () => {
    expect(await refusal('no-such.tar.gz')).toMatch(/^E_POLICY_BUNDLE no-such\.tar\.gz: there is no such file/)
  })

  test('a file that is something else', async () => {
    expect(await refusal('build.sh')).toMatch(/^E_POLICY_BUNDLE build\.sh: this is neither a bundle/)
  })

  test('a folder without a policy', async () => {
    expect(await refusal(temporaryFolder())).toMatch(/^E_POLICY_BUNDLE .*: it has no policy\.wasm/)
  })

  test('a bundle of Rego alone', async () => {
    expect(await refusal('rego-only.tar.gz')).toMatch(/without `-t wasm`/)
  })

  test('an entrypoint that it does not have', async () => {
    const message = await refusal('behaviour.tar.gz', 'behaviour/alow')
    expect(message).toMatch(
      /^E_POLICY_ENTRYPOINT behaviour\.tar\.gz has no entrypoint behaviour\/alow; did you mean behaviour\/allow\?/,
    )
    // Of many entrypoints the first few are named.
    expect(message).toContain('it has: behaviour/allocate, behaviour/allow, ')
    expect(message).toContain('-e behaviour/alow')
  })

  test.for(['data.behaviour.allow', 'data/behaviour/allow', 'behaviour.allow'])(
    'the notation %s',
    async (entrypoint) => {
      expect(await refusal('behaviour.tar.gz', entrypoint)).toContain('did you mean behaviour/allow?')
    },
  )

  test('builtins that there are not, each with the reason', async () => {
    const message = await refusal('reaching-out.tar.gz', 'reaching/out')
    expect(message).toMatch(/^E_POLICY_BUILTIN /)
    expect(message).toContain('http.send (a policy does no I/O here')
    expect(message).toContain('rand.intn (a random value would differ on a replay)')
    expect(message).toContain('io.jwt.decode (not supported yet)')
  })

  test('compressed data that is damaged', async () => {
    const folder = temporaryFolder()
    const bytes = await readFile(join(BUNDLES, 'behaviour.tar.gz'))
    bytes.fill(0, 1_000, 1_100)
    await writeFile(join(folder, 'bad.tar.gz'), bytes)
    expect(await refusal('bad.tar.gz', ALLOW, folder)).toMatch(
      /^E_POLICY_BUNDLE bad\.tar\.gz: its compressed data is damaged/,
    )
  })

  test('compressed data that is cut off', async () => {
    const folder = temporaryFolder()
    const bytes = await readFile(join(BUNDLES, 'behaviour.tar.gz'))
    await writeFile(join(folder, 'cut.tar.gz'), bytes.subarray(0, bytes.length / 2))
    expect(await refusal('cut.tar.gz', ALLOW, folder)).toMatch(/^E_POLICY_BUNDLE/)
  })

  test('a bundle that unpacks to more than it may', async () => {
    const folder = temporaryFolder()
    await writeFile(join(folder, 'bomb.tar.gz'), gzipSync(Buffer.alloc(70 * 1024 ** 2)))
    expect(await refusal('bomb.tar.gz', ALLOW, folder)).toMatch(
      /^E_POLICY_SIZE bomb\.tar\.gz: it is larger than 67\.1 MB/,
    )
  })

  test.for<readonly [name: string, change: (wasm: Buffer) => Buffer]>([
    ['cut off', (wasm) => wasm.subarray(0, wasm.length / 2)],
    ['of random bytes', (wasm) => Buffer.concat([wasm.subarray(0, 8), Buffer.alloc(1_000, 0x7f)])],
    ['empty', (wasm) => wasm.subarray(0, 0)],
    ['of its first eight bytes alone', (wasm) => wasm.subarray(0, 8)],
  ])('wasm that is %s', async ([, change]) => {
    const files = await bundleFiles()
    files.set('policy.wasm', change(Buffer.from(files.get('policy.wasm')!)))
    expect(await refusal(await writeBundle(temporaryFolder(), files))).toMatch(/^E_POLICY_BUNDLE/)
  })

  test('wasm that OPA did not make', async () => {
    const folder = temporaryFolder()
    const addOne = 'AGFzbQEAAAABBgFgAX8BfwMCAQAHBwEDYWRkAAAKCQEHACAAQQFqCw=='
    await writeFile(join(folder, 'other.wasm'), Buffer.from(addOne, 'base64'))
    expect(await refusal('other.wasm', ALLOW, folder)).toMatch(
      /^E_POLICY_BUNDLE the wasm in other\.wasm was not made by OPA/,
    )
  })

  test('wasm of another ABI', async () => {
    const folder = temporaryFolder()
    const wasm = Buffer.from((await bundleFiles()).get('policy.wasm')!)
    // The globals: the stack pointer (i32, mutable, 65536), the ABI's version (i32, 1) and its minor version (i32, 3).
    const globals = Buffer.from('7f01418080040b7f0041010b7f0041030b', 'hex')
    const at = wasm.indexOf(globals)
    expect(at).toBeGreaterThan(0)
    wasm[at + 10] = 2
    await writeFile(join(folder, 'next.wasm'), wasm)
    expect(await refusal('next.wasm', ALLOW, folder)).toMatch(/^E_POLICY_ABI .*ABI version 2, not 1/)
  })

  test.for<readonly [name: string, path: string, text: string, expected: RegExp]>([
    ['data that is no JSON', 'data.json', '{"a":', /data\.json is not JSON/],
    ['data that is no object', 'data.json', '[1]', /data\.json is not a JSON object/],
    ['data given twice', 'limits/data.json', '{"most":3}', /two data files both give limits/],
    ['a manifest that is no JSON', '.manifest', 'x', /\.manifest is not JSON/],
    [
      'a manifest that names another module',
      '.manifest',
      '{"wasm":[{"entrypoint":"behaviour/allow","module":"/x.wasm"}]}',
      /policy\.wasm/,
    ],
  ])('%s', async ([, path, text, expected]) => {
    const files: Map<string, Uint8Array | string> = await bundleFiles()
    files.set(path, text)
    const message = await refusal(await writeBundle(temporaryFolder(), files))
    expect(message).toMatch(/^E_POLICY_BUNDLE/)
    expect(message).toMatch(expected)
  })

  test('Rego where there is no opa', async () => {
    const { PATH } = process.env
    onTestFinished(() => void (process.env['PATH'] = PATH))
    process.env['PATH'] = temporaryFolder()
    const message = await refusal('behaviour.rego')
    expect(message).toMatch(/^E_POLICY_OPA behaviour\.rego: /)
    expect(message).toContain('opa build -t wasm')
  })
})

/** OPA=/path/to/opa runs these, too. */
const { OPA } = process.env

describe.skipIf(OPA === undefined)('Rego, compiled with opa', () => {
  function withOpa(): void {
    const { PATH } = process.env
    onTestFinished(() => void (process.env['PATH'] = PATH))
    process.env['PATH'] = `${join(OPA ?? '', '..')}${delimiter}${PATH}`
  }

  test('one file', async () => {
    withOpa()
    expect([...(await load('behaviour.rego')).entrypoints.keys()]).toEqual([ALLOW])
  })

  test('a folder with data and tests', async () => {
    withOpa()
    const folder = join(temporaryFolder(), 'policies')
    await mkdir(folder)
    await cp(join(BUNDLES, 'behaviour.rego'), join(folder, 'behaviour.rego'))
    await cp(join(BUNDLES, 'data.json'), join(folder, 'data.json'))
    await writeFile(join(folder, 'behaviour_test.rego'), 'package behaviour_test\n\ntest_it if http.send({})\n')
    expect(Buffer.from((await load(folder)).data).toString()).toContain('most')
  })

  test('with a mistake', async () => {
    withOpa()
    const folder = temporaryFolder()
    await writeFile(join(folder, 'bad.rego'), 'package bad\n\nallow if input.x ==\n')
    const message = await refusal('bad.rego', 'bad/allow', folder)
    expect(message).toMatch(/^E_POLICY_COMPILE bad\.rego: opa build: /)
    expect(message).toContain('bad.rego:4')
  })
})
