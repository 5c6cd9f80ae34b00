import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Usage } from './usage.ts'

/** How a process has ended. */
export interface Finished {
  readonly usage: Usage
  readonly seconds: number
  readonly stdout: string
}

const REPORT = new URL('usage-report.js', import.meta.url).href

/** A Node program in a process of its own, whose use of processor and memory is measured from its start to its end. */
export class MeasuredProcess {
  /** Rejects when the program fails. */
  readonly finished: Promise<Finished>
  readonly #child: ChildProcess
  #stdout = ''

  private constructor(args: readonly string[], folder: string) {
    const usagePath = join(folder, 'usage.json')
    const startedMs = performance.now()
    this.#child = spawn(process.execPath, ['--import', REPORT, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, STOPLOG_BENCH_USAGE: usagePath },
    })
    let stderr = ''
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#stdout += chunk.toString('utf8')))
    this.#child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')))
    const ended = new Promise<number | null>((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', resolve)
    })
    this.finished = ended.then(async (code) => {
      const seconds = (performance.now() - startedMs) / 1_000
      const usage = await readFile(usagePath, 'utf8').catch(() => null)
      await rm(folder, { recursive: true, force: true })
      const isStopped = this.#child.killed
      if (usage === null || (code !== 0 && !isStopped)) {
        throw new Error(`${args.join(' ')} ended with ${code}:\n${stderr}${this.#stdout}`)
      }
      return { usage: JSON.parse(usage) as Usage, seconds, stdout: this.#stdout }
    })
    this.finished.catch(() => undefined)
  }

  /** `script` is a path or the URL of a module. */
  static async start(
    script: string | URL,
    args: readonly string[],
    nodeArgs: readonly string[] = [],
  ): Promise<MeasuredProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'stoplog-bench-'))
    return new MeasuredProcess([...nodeArgs, script instanceof URL ? fileURLToPath(script) : script, ...args], folder)
  }

  /** What it has used so far. */
  usage(): Promise<Usage> {
    return new Promise((resolve, reject) => {
      this.#child.once('message', (usage) => resolve(usage as Usage))
      this.#child.send('usage', (error) => {
        if (error !== null) reject(error)
      })
    })
  }

  /** Resolves with the first match in what it has printed, once it is there. */
  async printed(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#stdout)?.[1]
      if (found !== undefined) return found
      const more = new Promise<'more'>((resolve) => this.#child.stdout?.once('data', () => resolve('more')))
      if ((await Promise.race([more, this.finished])) !== 'more') throw new Error(`it ended without ${pattern.source}`)
    }
  }

  /** Asks it to end, and waits until it has. */
  stop(): Promise<Finished> {
    this.#child.kill('SIGTERM')
    return this.finished
  }
}

/** Runs a program to its end. */
export async function measure(script: string | URL, args: readonly string[]): Promise<Finished> {
  return (await MeasuredProcess.start(script, args)).finished
}
