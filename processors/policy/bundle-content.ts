import { dirname } from 'node:path/posix'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/** What a bundle says about itself and what it holds, as far as it is used here. */
export interface BundleContent {
  readonly wasm: Uint8Array<ArrayBuffer>
  /** JSON text of the document that Rego sees as `data`. */
  readonly data: Uint8Array
  /** Of `.manifest`; empty when it has none. */
  readonly revision: string
}

const NO_DATA = Buffer.from('{}')

/** Picks manifest, module and data out of a bundle's files. Signatures are not checked: there is no place for a key yet. */
export function readBundleContent(files: ReadonlyMap<string, Uint8Array>, entrypoint: string): BundleContent {
  const manifest = readManifest(files.get('.manifest'))
  const modules = Array.isArray(manifest['wasm']) ? manifest['wasm'].filter(isJsonObject) : []
  const module = modules.find((entry) => entry['entrypoint'] === entrypoint)?.['module'] ?? 'policy.wasm'
  const path = typeof module === 'string' ? module.replace(/^\/+/, '') : 'policy.wasm'
  const wasm = files.get(path) ?? fail(withoutWasm(files))
  const revision = manifest['revision']
  return {
    wasm: Uint8Array.from(wasm),
    data: readData(files),
    revision: typeof revision === 'string' ? revision : '',
  }
}

function withoutWasm(files: ReadonlyMap<string, Uint8Array>): string {
  const hasRego = [...files.keys()].some((path) => path.endsWith('.rego'))
  if (hasRego) return 'it holds Rego but no policy.wasm: it was built without `-t wasm`'
  return 'it has no policy.wasm'
}

function readManifest(bytes: Uint8Array | undefined): JsonObject {
  if (bytes === undefined) return {}
  const manifest = parseJson(bytes, '.manifest')
  return isJsonObject(manifest) ? manifest : fail('.manifest is not a JSON object')
}

/** The data files, each at the place that its folder names. One at the root is handed over as it is, big numbers and all. */
function readData(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const paths = [...files.keys()].filter((path) => /(^|\/)data\.json$/.test(path)).sort()
  const [first, ...others] = paths
  if (first === undefined) return NO_DATA
  const root = new Map<string, unknown>()
  for (const path of paths) {
    const content = parseJson(files.get(path) ?? NO_DATA, path)
    if (!isJsonObject(content)) fail(`${path} is not a JSON object`)
    merge(root, dirname(path) === '.' ? [] : dirname(path).split('/'), content)
  }
  if (first === 'data.json' && others.length === 0) return files.get(first) ?? NO_DATA
  return Buffer.from(JSON.stringify(toObject(root)))
}

/** Folders become maps, so that a folder named like something of JavaScript's own is a name like any other. */
function merge(root: Map<string, unknown>, path: readonly string[], content: JsonObject): void {
  let place = root
  for (const name of path) {
    const next = place.get(name)
    const folder = next instanceof Map ? (next as Map<string, unknown>) : new Map<string, unknown>()
    if (next !== undefined && folder !== next) fail(`two data files both give ${path.join('/')}`)
    place.set(name, folder)
    place = folder
  }
  for (const [name, value] of Object.entries(content)) {
    if (place.has(name)) fail(`two data files both give ${[...path, name].join('/')}`)
    place.set(name, value)
  }
}

function toObject(map: ReadonlyMap<string, unknown>): unknown {
  return Object.fromEntries([...map].map(([name, value]) => [name, value instanceof Map ? toObject(value) : value]))
}

function parseJson(bytes: Uint8Array, path: string): Json {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Json
  } catch (cause) {
    throw new StoplogError('E_POLICY_BUNDLE', `${path} is not JSON`, { cause })
  }
}

function fail(reason: string): never {
  throw new StoplogError('E_POLICY_BUNDLE', reason)
}
