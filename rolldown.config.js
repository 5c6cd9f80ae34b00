import { chmodSync } from 'node:fs'
import { defineConfig } from 'rolldown'

const PROGRAM = 'pipelines/cli/bin'

/**
 * `dist/` is a few files instead of hundreds, because Node takes about a millisecond to find and read each one, and a
 * command would spend most of its time on that. All lie in one folder: a module finds another beside itself by name,
 * whichever file it has become a part of. Only the program lies deeper, and must stay there: `npx` in a checkout links
 * to it once and not again after an update; nor does it make the file executable again. Packages are not built in.
 */
export default defineConfig({
  input: {
    [PROGRAM]: 'pipelines/cli/bin.ts',
    index: 'pipelines/index.ts',
    testing: 'pipelines/testing/index.ts',
    broker: 'broker/index.ts',
    'broker-thread': 'pipelines/runtime/broker-thread.ts',
    'opa-wasm-worker': 'processors/policy/opa-wasm-worker.ts',
    'module-hooks': 'pipelines/config/module-hooks.ts',
  },
  platform: 'node',
  external: /^[^./]/,
  tsconfig: 'tsconfig.build.json',
  plugins: [{ name: 'executable', writeBundle: () => chmodSync(`dist/${PROGRAM}.js`, 0o755) }],
  output: {
    dir: 'dist',
    cleanDir: true,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'part-[hash].js',
  },
})
