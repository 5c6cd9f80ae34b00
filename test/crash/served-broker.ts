import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { BUILT } from './killed-process.ts'

/** `pipeline broker` in a process of its own. */
export class ServedBroker {
  readonly address: string
  readonly #process: ChildProcess

  private constructor(address: string, served: ChildProcess) {
    this.address = address
    this.#process = served
  }

  /** Resolves when it listens. Small files, so that segments and journals roll all the time. */
  static async start(folder: string): Promise<ServedBroker> {
    const properties = ['journal.file.bytes=1048576', 'tail.bytes=524288', 'log.segment.bytes=1048576']
    const args = ['broker', '--port', '0', '--data-dir', folder, ...properties.flatMap((p) => ['--property', p])]
    const served = spawn(process.execPath, [join(BUILT, 'pipelines/cli/bin.js'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: served.stdout })) {
      const address = /^broker +(\S+)$/.exec(line)?.[1]
      if (address !== undefined) return new ServedBroker(address, served)
    }
    throw new Error(`the broker has ended: ${served.exitCode}`)
  }

  /** Resolves when it is gone. */
  async killAfter(delayMs: number): Promise<void> {
    const gone = once(this.#process, 'exit')
    setTimeout(() => this.#process.kill('SIGKILL'), delayMs)
    await gone
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await gone
  }
}
