/** A stretch of the document: offsets of its first character and of the one after its last, in UTF-16 units. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** Line and column as editors count them: from 1, in UTF-16 units. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** The text of one document, with its lines, and the stretches of it that must never be shown. Invariant 7. */
export class SourceText {
  /** As the user named it; every message begins with it. */
  readonly file: string
  readonly text: string
  readonly #lineStarts: readonly number[]
  readonly #hidden: Range[] = []

  constructor(file: string, text: string) {
    this.file = file
    this.text = text
    const lineStarts = [0]
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
    this.#lineStarts = lineStarts
  }

  /** The place of an offset; one outside of the text is moved to its nearest end. */
  placeAt(offset: number): Place {
    const within = Math.min(Math.max(offset, 0), this.text.length)
    let low = 0
    let high = this.#lineStarts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#lineStarts[middle] ?? 0) <= within) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: within - (this.#lineStarts[low] ?? 0) + 1 }
  }

  /** Offsets of a line without its line break. */
  lineRange(line: number): Range {
    const start = this.#lineStarts[line - 1] ?? this.text.length
    const next = this.#lineStarts[line]
    let end = next === undefined ? this.text.length : next - 1
    if (end > start && this.text[end - 1] === '\r') end -= 1
    return { start, end: Math.max(start, end) }
  }

  slice(range: Range): string {
    return this.text.slice(range.start, range.end)
  }

  /** From now on this stretch is shown as `[secret]`. */
  hide(range: Range): void {
    this.#hidden.push(range)
  }

  /** A line as it may be shown, and where a stretch of it lies in what is shown. */
  show(line: number, caret: Range): { readonly text: string; readonly caret: Range } {
    const range = this.lineRange(line)
    let text = this.slice(range)
    let start = Math.min(Math.max(caret.start, range.start), range.end) - range.start
    let end = Math.min(Math.max(caret.end, range.start), range.end) - range.start
    const hidden = this.#hidden.filter((secret) => secret.start < range.end && secret.end > range.start)
    for (const secret of hidden.sort((a, b) => b.start - a.start)) {
      const from = Math.max(secret.start, range.start) - range.start
      const to = Math.min(secret.end, range.end) - range.start
      text = `${text.slice(0, from)}[secret]${text.slice(to)}`
      const moved = (at: number): number => (at >= to ? at + '[secret]'.length - (to - from) : Math.min(at, from))
      start = moved(start)
      end = moved(end)
    }
    return { text, caret: { start, end: Math.max(start, end) } }
  }
}
