import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import wabt from 'wabt'

const TEXT = new URL('../../../processors/json-scan.wat', import.meta.url)
/** As a compiler of TypeScript reads it: with `vitest run --update` it is written anew. */
const MODULE = '../../../processors/json-scan-module.ts'

test('the module that is loaded is the one that its text compiles to', async () => {
  const compiler = await wabt()
  const features = { simd: true }
  const module = compiler.parseWat('json-scan.wat', readFileSync(TEXT, 'utf8'), features)
  try {
    module.validate()
    const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
    await expect(
      `/** \`json-scan.wat\`, compiled. Written by its test. */\nexport const JSON_SCAN_MODULE =\n  '${base64}'\n`,
    ).toMatchFileSnapshot(MODULE)
  } finally {
    module.destroy()
  }
})
