import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock, Logger, Metrics } from '../../schemas/runtime.ts'
import { toStoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { filesIn, readBundle } from './bundle.ts'
import { createOpaWasmEngine } from './opa-wasm-engine.ts'
import type { PolicyEngine } from './policy-engine.ts'
import { compilePolicy } from './policy-module.ts'
import { shareEngine } from './shared-engines.ts'

export interface ReloadingPolicyOptions {
  readonly path: string
  readonly entrypoint: string
  readonly baseDir: string
  readonly timeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
}

const RELOAD_MS = PROCESSOR_LIMITS.policyReloadMs.default

/**
 * The engine of a bundle, and of its successor once the file has changed. A bundle that cannot be loaded changes
 * nothing: the last good one stays. Which one decides changes only when `current` is called, between two batches.
 */
export class ReloadingPolicy {
  readonly #options: ReloadingPolicyOptions
  #engine: PolicyEngine
  /** Of the files when the last attempt to load them began. */
  #seen: string
  #nextLookMs: number

  private constructor(options: ReloadingPolicyOptions, engine: PolicyEngine, seen: string) {
    this.#options = options
    this.#engine = engine
    this.#seen = seen
    this.#nextLookMs = options.clock.now() + RELOAD_MS
  }

  /** Rejects with what is wrong with the bundle. */
  static async open(options: ReloadingPolicyOptions): Promise<ReloadingPolicy> {
    const seen = await fingerprint(options.path, options.baseDir)
    return new ReloadingPolicy(options, await loadEngine(options), seen)
  }

  async current(): Promise<PolicyEngine> {
    const now = this.#options.clock.now()
    if (now < this.#nextLookMs) return this.#engine
    this.#nextLookMs = now + RELOAD_MS
    const seen = await fingerprint(this.#options.path, this.#options.baseDir)
    if (seen === this.#seen) return this.#engine
    this.#seen = seen
    try {
      await this.#replace(await loadEngine(this.#options))
    } catch (thrown) {
      this.#reportRefused(thrown)
    }
    return this.#engine
  }

  async close(): Promise<void> {
    await this.#engine.close()
  }

  async #replace(next: PolicyEngine): Promise<void> {
    const previous = this.#engine
    if (next.info.digest === previous.info.digest) return next.close()
    this.#engine = next
    const { revision, digest } = next.info
    this.#options.logger.info('policy bundle replaced', { bundle: this.#options.path, revision, digest })
    await previous.close()
  }

  #reportRefused(thrown: unknown): void {
    const { code, message } = toStoplogError(thrown)
    const { path, logger, metrics } = this.#options
    logger.warn('policy bundle not replaced, the last good one stays', { bundle: path, code, reason: message })
    metrics.count('stoplog_policy_reload_failures_total')
  }
}

async function loadEngine({
  path,
  entrypoint,
  baseDir,
  clock,
  timeoutMs,
}: ReloadingPolicyOptions): Promise<PolicyEngine> {
  const module = await compilePolicy(await readBundle(path, entrypoint, baseDir), entrypoint)
  const name = `${module.digest} ${entrypoint} ${timeoutMs}`
  return shareEngine(clock, name, () => createOpaWasmEngine({ module, entrypoint, clock, timeoutMs }))
}

/** Changes with every write to the bundle's files. A file that is half written is loaded again once it is whole. */
async function fingerprint(path: string, baseDir: string): Promise<string> {
  const full = resolve(baseDir, path)
  try {
    const stats = await stat(full)
    if (!stats.isDirectory()) return `${stats.mtimeMs} ${stats.size} ${stats.ino}`
    const files = await filesIn(full)
    const marks = await Promise.all(files.map(async (file) => `${file} ${await fingerprint(file, full)}`))
    return marks.join('\n')
  } catch {
    return 'unreadable'
  }
}
