import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Writable } from 'node:stream'

export interface PeerProcessOptions {
  /** Null: what is written to it later. */
  readonly input?: string | Uint8Array | null
  /** Beside the variables of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/** A client in a process of its own; what it prints, it prints line by line. */
export class PeerProcess {
  readonly lines: string[] = []
  /** Resolves with the exit code, which is null for one that was killed. */
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess
  readonly #stdin: Writable
  #open = ''
  #stderr = ''
  readonly #endWithTests = (): void => void this.#child.kill('SIGKILL')

  constructor(command: string, args: readonly string[], { input = '', env = {} }: PeerProcessOptions = {}) {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.#stdin = child.stdin
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => this.#take(chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#stderr += chunk))
    // One that ends before it has read its input tells so by its exit code.
    child.stdin.on('error', () => undefined)
    if (input !== null) child.stdin.end(input)
    process.on('exit', this.#endWithTests)
    this.ended = once(child, 'close').then(([code]: unknown[]) => {
      process.off('exit', this.#endWithTests)
      return typeof code === 'number' ? code : null
    })
  }

  /** What it has written about itself, for messages. */
  get stderr(): string {
    return this.#stderr
  }

  /** Writes lines to it; resolves when it may take more. */
  async write(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${line}\n`).join('')
    const isTaken = this.#stdin.write(text)
    if (!isTaken) await Promise.race([new Promise((resolve) => this.#stdin.once('drain', resolve)), this.ended])
  }

  /** Nothing more will be written to it. */
  endInput(): void {
    this.#stdin.end()
  }

  /** Tells it to end in order, and waits. Throws when it fails. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.succeeded()
  }

  /** `kill -9`, at once. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }

  /** Never resolves; rejects when it ends, for a process that is to go on. */
  async untilFailed(): Promise<never> {
    const code = await this.ended
    throw new Error(`${this.#child.spawnargs.join(' ')} ended by itself with ${code}:\n${this.#stderr}`)
  }

  /** Waits for its end. Throws when it fails. */
  async succeeded(): Promise<void> {
    const code = await this.ended
    if (code !== 0) throw new Error(`${this.#child.spawnargs.join(' ')} ended with ${code}:\n${this.#stderr}`)
  }

  #take(chunk: string): void {
    const lines = (this.#open + chunk).split('\n')
    this.#open = lines.pop() ?? ''
    this.lines.push(...lines)
  }
}
