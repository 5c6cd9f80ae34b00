import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/**
 * Runs a module of ours on a thread: the built `.js`, or, where the sources themselves run, the `.ts`. Node 20 cannot
 * load the latter, so its types are stripped on the way in. A built file that the sources fall back to would be less
 * code here, but the tests would then judge whatever was built last.
 *
 * `name` is the module's file name without its ending, beside the module whose URL is given.
 */
export function startModuleWorker(name: string, besideUrl: string, options: WorkerOptions): Worker {
  if (besideUrl.endsWith('.js')) return new Worker(new URL(`./${name}.js`, besideUrl), options)
  return new Worker(sourceProgram(new URL(`./${name}.ts`, besideUrl)), { ...options, eval: true })
}

/** A program that runs a TypeScript module. */
function sourceProgram(source: URL): string {
  const amaro = pathToFileURL(createRequire(import.meta.url).resolve('amaro')).href
  const loader = `
    import amaro from ${JSON.stringify(amaro)}
    import { readFile } from 'node:fs/promises'
    export async function load(url, context, next) {
      if (!url.endsWith('.ts')) return next(url, context)
      const { code } = amaro.transformSync(await readFile(new URL(url), 'utf8'), { mode: 'strip-only' })
      return { format: 'module', shortCircuit: true, source: code }
    }`
  return `
    require('node:module').register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(loader)}`)})
    import(${JSON.stringify(source.href)})`
}
