import type { ErrorCode } from '../../schemas/error-codes.ts'
import { printable } from './printable.ts'

export type Severity = 'error' | 'warning'

/** One thing that is wrong with a document: what, where and what to do. */
export interface Diagnostic {
  readonly file: string
  /** From 1; 0 where the place is the file as a whole. */
  readonly line: number
  /** From 1, in UTF-16 units, as editors count. */
  readonly column: number
  readonly code: ErrorCode
  /** Such as `streams.findings.steps[2].enrich.key`; empty for the document as a whole. */
  readonly path: string
  readonly message: string
  readonly fix: string
  /** The line as written, secrets masked. */
  readonly sourceLine: string
  /** Offsets in `sourceLine`. */
  readonly caretStart: number
  readonly caretEnd: number
  readonly severity: Severity
}

/** Keys and list indexes from the root of the document. */
export type Path = readonly (string | number)[]

/** `streams.findings.steps[2].filter`; keys that are no words stand in brackets. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[\p{L}\p{N}_$-]+$/u.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

/** A line of up to this length is shown whole; of a longer one, this much around the caret. */
const SHOWN_WHOLE = 150
const SHOWN_BEFORE = 90
const SHOWN_AFTER = 60

/**
 * Four lines: place, code and path; the source line; a caret with the message; the fix. Whatever the document holds,
 * no control characters reach the terminal.
 */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column, code, path, message, fix, severity } = diagnostic
  const place = line === 0 ? file : `${file}:${line}:${column}`
  const head = [place, severity === 'warning' ? 'warning' : '', code, path].filter((part) => part !== '').join(' ')
  const lines = [untabbed(head)]
  if (diagnostic.sourceLine.trim() === '') {
    lines.push(`   ${untabbed(message)}`)
  } else {
    const { shown, caret } = cutAround(diagnostic.sourceLine, diagnostic.caretStart)
    lines.push(`   ${shown}`, `   ${' '.repeat(displayWidth(shown.slice(0, caret)))}^ ${untabbed(message)}`)
  }
  if (fix !== '') lines.push(`   fix: ${untabbed(fix)}`)
  return lines.join('\n')
}

/** By place, then by code; the order in which they are printed. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : Number(a.code > b.code))
}

function cutAround(sourceLine: string, caretStart: number): { shown: string; caret: number } {
  const line = untabbed(sourceLine)
  const indent = line.length - line.trimStart().length
  let start = Math.min(indent, caretStart)
  let before = ''
  const isLong = line.trimEnd().length - start > SHOWN_WHOLE
  if (isLong && caretStart - start > SHOWN_BEFORE) {
    start = caretStart - SHOWN_BEFORE
    before = '…'
  }
  const rest = line.slice(start).trimEnd()
  const length = isLong ? caretStart - start + SHOWN_AFTER : rest.length
  const shown = `${before}${rest.length > length ? `${rest.slice(0, length)}…` : rest}`
  return { shown, caret: before.length + caretStart - start }
}

/** A tab is shown as a space. One unit stays one unit, so that offsets keep their meaning. */
function untabbed(text: string): string {
  return printable(text.replaceAll('\t', ' '))
}

/** Columns that a terminal gives to a text: none for marks, two for East Asian letters and emoji. */
function displayWidth(text: string): number {
  let width = 0
  for (const letter of text) {
    if (/\p{M}|\u200d|\ufe0f/u.test(letter)) continue
    width +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        letter,
      )
        ? 2
        : 1
  }
  return width
}
