import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Json } from '../../../../schemas/json.ts'
import type { Clock } from '../../../../schemas/runtime.ts'
import { readBundle } from '../../../../processors/policy/bundle.ts'
import { createOpaWasmEngine } from '../../../../processors/policy/opa-wasm-engine.ts'
import type { PolicyAnswer, PolicyEngine, PolicyInput } from '../../../../processors/policy/policy-engine.ts'
import { compilePolicy } from '../../../../processors/policy/policy-module.ts'
import type { SpawnWorker } from '../../../../processors/policy/spawn-worker.ts'
import { systemClock } from './system-clock.ts'

/** Bundles with rules that behave well and badly; `build.sh` there makes them. */
export const BUNDLES = join(import.meta.dirname, '../../../golden/policy/bundles')

export interface EngineOptions {
  readonly timeoutMs?: number
  readonly clock?: Clock
  readonly spawn?: SpawnWorker
}

/** An engine for a rule of behaviour.rego, in a real worker, closed after the test. */
export async function openEngine(rule: string, options: EngineOptions = {}): Promise<PolicyEngine> {
  const engine = await createEngine(rule, options)
  onTestFinished(() => engine.close())
  return engine
}

/** One engine for each rule, for the tests of a file that leave it as it was; the function closes all of them. */
export function sharedEngines(): {
  readonly of: (rule: string) => Promise<PolicyEngine>
  readonly close: () => Promise<void>
} {
  const engines = new Map<string, Promise<PolicyEngine>>()
  return {
    of: (rule) => {
      const engine = engines.get(rule) ?? createEngine(rule, { timeoutMs: 60_000 })
      engines.set(rule, engine)
      return engine
    },
    close: async () => {
      for (const engine of engines.values()) await (await engine).close()
    },
  }
}

async function createEngine(rule: string, options: EngineOptions): Promise<PolicyEngine> {
  const entrypoint = `behaviour/${rule}`
  const module = await compilePolicy(await readBundle('behaviour.tar.gz', entrypoint, BUNDLES), entrypoint)
  return createOpaWasmEngine({ module, entrypoint, clock: systemClock, timeoutMs: 10_000, ...options })
}

export function input(value: Json, timeMs = 0): PolicyInput {
  return { bytes: Buffer.from(JSON.stringify(value)), timeMs }
}

export async function ask(engine: PolicyEngine, ...values: readonly Json[]): Promise<readonly PolicyAnswer[]> {
  return engine.evaluate(
    values.map((value) => input(value)),
    new AbortController().signal,
  )
}
