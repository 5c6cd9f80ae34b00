import { setTimeout as wait } from 'node:timers/promises'
import type { PeerProcess } from './peer-process.ts'

const LINES_AT_ONCE = 20
const PAUSE_MS = 2

/** Writes lines to a process, each another one, until it is stopped or the process ends. */
export class LineFeed {
  readonly lines: string[] = []
  readonly #feeding: Promise<void>
  readonly #stopped = new AbortController()

  constructor(process: PeerProcess) {
    this.#feeding = this.#feed(process)
    void process.ended.then(() => this.#stopped.abort())
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#feeding
  }

  async #feed(process: PeerProcess): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const lines = Array.from({ length: LINES_AT_ONCE }, (_, n) => `value ${this.lines.length + n}`)
      this.lines.push(...lines)
      await process.write(lines)
      await wait(PAUSE_MS)
    }
  }
}
