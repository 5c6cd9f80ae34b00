import type { TextOutput } from './cli-io.ts'

const BUFFER_LENGTH = 65_536

/** Collects lines, so that many small ones cost few writes, and waits while the reader does not keep up. */
export class LineWriter {
  readonly #output: TextOutput
  #lines: string[] = []
  #length = 0

  constructor(output: TextOutput) {
    this.#output = output
  }

  async write(line: string): Promise<void> {
    this.#lines.push(line)
    this.#length += line.length
    if (this.#length >= BUFFER_LENGTH) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#length = 0
    await this.#output.write(text)
  }
}
