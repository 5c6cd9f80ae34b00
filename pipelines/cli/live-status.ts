import type { CliIo } from './cli-io.ts'
import { colourState } from './colour.ts'

const REDRAW_MS = 200
const UP = (lines: number): string => `\u001b[${lines}A`
const CLEAR_BELOW = '\u001b[J'

/**
 * Lines at the bottom of a terminal that are drawn anew while something works. What is logged meanwhile scrolls above
 * them. Nothing of them is left in the end.
 */
export class LiveStatus {
  readonly #io: Pick<CliIo, 'stderr' | 'clock' | 'env'>
  readonly #lines: (width: number) => readonly string[]
  readonly #stopped = new AbortController()
  #drawn = 0
  #isDrawing = false

  constructor(io: Pick<CliIo, 'stderr' | 'clock' | 'env'>, lines: (width: number) => readonly string[]) {
    this.#io = io
    this.#lines = lines
  }

  /** Draws until `stop`. */
  async run(): Promise<void> {
    const { clock } = this.#io
    this.#isDrawing = true
    while (!this.#stopped.signal.aborted) {
      this.#draw()
      await clock.sleep(REDRAW_MS, this.#stopped.signal).catch(() => undefined)
    }
  }

  /** Prints a line above. */
  log(line: string): void {
    this.#clear(line)
    if (this.#isDrawing) this.#draw()
  }

  /** Leaves nothing on the terminal. */
  stop(): void {
    this.#stopped.abort()
    this.#isDrawing = false
    this.#clear('')
  }

  #draw(): void {
    const { stderr, env } = this.#io
    // One column is left free: some terminals begin a new line with the last one.
    const all = this.#lines(stderr.columns - 1)
    // What has scrolled away cannot be drawn anew.
    const room = Math.max(stderr.rows - 2, 1)
    const lines = all.length <= room ? all : [...all.slice(0, room - 1), `… and ${all.length - room + 1} more`]
    const shown = lines.map((line) => colourState(line, env)).join('\n')
    this.#clear(`${shown}\n`)
    this.#drawn = lines.length
  }

  /** Takes away what was drawn and writes something in its place, in one go: two would flicker. */
  #clear(text: string): void {
    const cleared = this.#drawn === 0 ? '' : `${UP(this.#drawn)}\r${CLEAR_BELOW}`
    this.#drawn = 0
    if (cleared !== '' || text !== '') void this.#io.stderr.write(`${cleared}${text}`)
  }
}
