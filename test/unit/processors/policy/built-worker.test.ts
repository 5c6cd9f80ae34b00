import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { ROOT } from '../../../support/source-files.ts'
import { BUNDLES, input } from './behaviour.ts'
import { systemClock } from './system-clock.ts'

const BUILT = join(ROOT, 'dist/processors/policy')

/** `npm test` builds before; what the sources do, the other tests see. */
test.skipIf(!existsSync(BUILT))('the built worker runs beside the built engine', async () => {
  type Built<Name extends string> = Record<Name, (...args: readonly unknown[]) => Promise<unknown>>
  const load = async <Name extends string>(file: string): Promise<Built<Name>> =>
    (await import(/* @vite-ignore */ pathToFileURL(join(BUILT, file)).href)) as Built<Name>
  const { readBundle } = await load<'readBundle'>('bundle.js')
  const { compilePolicy } = await load<'compilePolicy'>('policy-module.js')
  const { createOpaWasmEngine } = await load<'createOpaWasmEngine'>('opa-wasm-engine.js')
  const entrypoint = 'behaviour/verdict'
  const module = await compilePolicy(await readBundle('behaviour.tar.gz', entrypoint, BUNDLES), entrypoint)
  const engine = (await createOpaWasmEngine({ module, entrypoint, clock: systemClock, timeoutMs: 10_000 })) as Built<
    'evaluate' | 'close'
  >
  onTestFinished(async () => void (await engine.close()))
  const answers = await engine.evaluate([input({ reasons: ['bad'] })], new AbortController().signal)
  expect(answers).toEqual([{ result: { allow: false, reasons: ['bad'] } }])
})
