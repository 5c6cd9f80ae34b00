import { readFile } from 'node:fs/promises'
import { createRequire, type LoadHook, type ResolveHook } from 'node:module'
import { fileURLToPath } from 'node:url'

/* Runs on Node's loader thread, where only `register` brings it; it shares nothing with the rest of the program. */

/** Specifiers that begin so name a package, and behind a `?` the folder from which it is to be found. */
export const FROM_FOLDER = 'stoplog-plugin:'

/** amaro has no types of its own. */
interface Amaro {
  readonly transformSync: (source: string, options: { readonly mode: 'strip-only' }) => { readonly code: string }
}

/** Plugins import these by name even where nobody installed them beside the plugin: files of `dist/`. */
const OWN_MODULES: Readonly<Record<string, string>> = {
  stoplog: './index.js',
  'stoplog/testing': './testing.js',
  'stoplog/broker': './broker.js',
}

/** Resolves packages from the folder of the document, and `stoplog` to this installation where there is no other. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  if (specifier.startsWith(FROM_FOLDER)) {
    const [name = '', from = ''] = specifier.slice(FROM_FOLDER.length).split('?', 2).map(decodeURIComponent)
    return nextResolve(name, { ...context, parentURL: from })
  }
  const own = Object.hasOwn(OWN_MODULES, specifier) ? OWN_MODULES[specifier] : undefined
  if (own === undefined) return nextResolve(specifier, context)
  try {
    return await nextResolve(specifier, context)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    return { url: new URL(own, import.meta.url).href, format: 'module', shortCircuit: true }
  }
}

/** Strips the types of .ts files, which Node 20 does not do by itself, and newer versions not within node_modules. */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !/\.m?ts$/.test(new URL(url).pathname)) return nextLoad(url, context)
  const source = await readFile(fileURLToPath(url), 'utf8')
  return { format: 'module', shortCircuit: true, source: stripTypes(source, url) }
}

function stripTypes(source: string, url: string): string {
  const { transformSync } = createRequire(import.meta.url)('amaro') as Amaro
  try {
    return `${transformSync(source, { mode: 'strip-only' }).code}\n//# sourceURL=${url}`
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    const reason = (text.split('\n')[0] ?? '').replace(/^\s*x\s+/, '')
    const line = /\[(\d+):\d+\]/.exec(text)?.[1]
    throw Object.assign(new SyntaxError(line === undefined ? reason : `${reason} (line ${line})`), {
      code: 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
    })
  }
}
