import { spawn, type ChildProcess } from 'node:child_process'
import { BIN } from './cli-process.ts'
import { until } from './until.ts'

/** `pipeline run` of the built package in a process of its own, which can be killed as a machine would lose it. */
export class PipelineProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<number | null>
  readonly #endWithTests = (): void => void this.#child.kill('SIGKILL')
  #stdout = ''
  #stderr = ''

  private constructor(args: readonly string[], folder: string, env: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    process.on('exit', this.#endWithTests)
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve(code))
    })
    this.#ended.catch(() => undefined)
  }

  static run(document: string, folder: string, env: Readonly<Record<string, string>> = {}): PipelineProcess {
    return new PipelineProcess(['run', document], folder, env)
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('it was not started')
    return this.#child.pid
  }

  /** Everything that it has printed so far. */
  get printed(): string {
    return this.#stderr + this.#stdout
  }

  /** Resolves when the condition holds. Rejects when the process ends before that. */
  async reaches(condition: () => boolean | Promise<boolean>, pauseMs?: number): Promise<void> {
    await until(async () => {
      const holds = await condition()
      if (!holds) this.expectRunning()
      return holds
    }, pauseMs)
  }

  /** Throws when it has ended by itself. */
  expectRunning(): void {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`the pipeline has ended with ${exitCode ?? signalCode}:\n${this.printed.slice(-4_000)}`)
    }
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone()
  }

  /** Asks it to finish what is in flight, and gives its exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return await this.#gone()
  }

  async #gone(): Promise<number | null> {
    process.off('exit', this.#endWithTests)
    return await this.#ended
  }
}
