import { dirname, join } from 'node:path/posix'
import { describe, expect, test } from 'vitest'
import { filesBelow, readText } from '../support/source-files.ts'

/* THINK HARD ABOUT THE LAYERING BEFORE CHANGING THIS TABLE. The first entry that a path begins with counts. */
const MAY_IMPORT: readonly (readonly [layer: string, others: readonly string[]])[] = [
  ['schemas', []],
  ['broker/protocol', ['schemas']],
  ['broker', ['schemas', 'broker/protocol']],
  ['processors', ['schemas']],
  ['connectors', ['schemas', 'broker/protocol']],
  ['pipelines', ['schemas', 'broker', 'broker/protocol', 'connectors', 'processors']],
]

/** Node's modules and packages that a layer may name; null: any. */
const MAY_USE: Readonly<Record<string, readonly string[] | null>> = {
  schemas: ['zod', 'node:util'],
  'broker/protocol': ['node:zlib', 'snappy', 'lz4-napi', '@bokuweb/zstd-wasm', '@node-rs/crc32', 'node:module'],
}

/** Only these files may read the wall clock or set timers; all others are given a Clock. */
const CLOCK_FILES = ['broker/system-clock.ts', 'pipelines/runtime/system-clock.ts']

const FORBIDDEN_NAMES = /(^|\/)(utils?|helpers?|common|misc|types|manager|base)(\.ts|\/)/

const files = MAY_IMPORT.flatMap(([layer]) => (layer.includes('/') ? [] : filesBelow(layer, '.ts')))

function layerOf(path: string): string | undefined {
  const byLength = [...MAY_IMPORT].sort(([a], [b]) => b.length - a.length)
  return byLength.find(([layer]) => path === layer || path.startsWith(`${layer}/`))?.[0]
}

function importsOf(path: string): string[] {
  const text = readText(path)
  return [...text.matchAll(/(?:^|\n)(?:import|export)\s(?:[^'"]*?\sfrom\s)?['"]([^'"]+)['"]/g)].map((m) => m[1] ?? '')
}

describe('layers', () => {
  test.for(files)('%s imports only what its layer may', (path) => {
    const layer = layerOf(path) ?? ''
    const allowed = [layer, ...(MAY_IMPORT.find(([name]) => name === layer)?.[1] ?? [])]
    for (const specifier of importsOf(path)) {
      if (specifier.startsWith('.')) {
        const target = join(dirname(path), specifier)
        expect(allowed, `${path} imports ${target}`).toContain(layerOf(target))
        expect(specifier, `${path}: relative imports end in .ts`).toMatch(/\.(ts|json)$/)
      } else {
        const packages = MAY_USE[layer]
        if (packages !== undefined && packages !== null) expect(packages, path).toContain(specifier)
      }
    }
  })

  test('file names say what is inside', () => {
    expect(files.filter((path) => FORBIDDEN_NAMES.test(path))).toEqual([])
  })

  test('time comes from a Clock', () => {
    const offenders = files.filter(
      (path) =>
        !CLOCK_FILES.includes(path) &&
        /\b(Date\.now|performance\.now|setTimeout|setInterval)\s*\(/.test(readText(path)),
    )
    expect(offenders).toEqual([])
  })

  test('only tests import from test/', () => {
    expect(files.filter((path) => importsOf(path).some((specifier) => /(^|\/)test\//.test(specifier)))).toEqual([])
  })
})
