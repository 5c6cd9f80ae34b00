import { Worker, type WorkerOptions } from 'node:worker_threads'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { PROCESSOR_LIMITS } from '../limits.ts'
import type { WorkerStart } from './opa-wasm-worker.ts'

/** Starts the thread that evaluates a policy. */
export type SpawnWorker = (start: WorkerStart) => Worker

/**
 * Runs `opa-wasm-worker` beside this file: the built `.js`, or, where the sources themselves run, the `.ts`. Node 20
 * cannot load the latter, so its types are stripped on the way in. A built file that the sources fall back to would be
 * less code here, but the tests would then judge whatever was built last.
 */
export const spawnOpaWorker: SpawnWorker = (start) => {
  const options: WorkerOptions = {
    workerData: start,
    resourceLimits: {
      maxOldGenerationSizeMb: Math.ceil(PROCESSOR_LIMITS.policyWorkerHeapBytes.default / 1024 ** 2),
    },
  }
  const built = new URL('./opa-wasm-worker.js', import.meta.url)
  if (import.meta.url.endsWith('.js')) return new Worker(built, options)
  return new Worker(sourceProgram(new URL('./opa-wasm-worker.ts', import.meta.url)), { ...options, eval: true })
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
