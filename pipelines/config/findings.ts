import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { compareDiagnostics, formatPath, type Diagnostic, type Path, type Severity } from './diagnostic.ts'
import type { Range, SourceText } from './source-text.ts'

/** One thing that is wrong, by its stretch of the document. */
export interface Finding {
  readonly code: ErrorCode
  readonly range: Range
  readonly path: Path
  readonly message: string
  /** Left out: what the table of codes advises. */
  readonly fix?: string
  readonly severity?: Severity
  /**
   * The cause of whatever else is found within its range: only it is reported. A line that lacks quotes, or a value
   * that could not be filled in, would otherwise give a second message about what was read in its stead.
   */
  readonly cause?: boolean
}

/** Collects what is wrong with one document, so that all of it can be told at once, one message per cause. */
export class Findings {
  readonly source: SourceText
  readonly #found: Finding[] = []
  readonly #silenced: Range[] = []
  readonly #counts = { error: 0, warning: 0 }

  constructor(source: SourceText) {
    this.source = source
  }

  /** Beyond the limit nothing is added: a document with so many errors has one already. */
  add(finding: Finding): void {
    const severity = finding.severity ?? 'error'
    this.#counts[severity] += 1
    if (this.#counts[severity] <= PIPELINE_LIMITS.diagnostics.default) this.#found.push(finding)
  }

  /** What is found within this range has its cause elsewhere. */
  silence(range: Range): void {
    this.#silenced.push(range)
  }

  /** True when nothing but warnings was found. */
  get passable(): boolean {
    return this.#counts.error === 0
  }

  /** Where a cause was found; whatever else is found there follows from it. */
  get explained(): readonly Range[] {
    const causes = this.#found.filter((finding) => finding.cause === true).map((finding) => finding.range)
    return mergeRanges([...causes, ...this.#silenced])
  }

  /** Sorted by place, doubles and consequences left out. */
  toDiagnostics(): readonly Diagnostic[] {
    const { explained } = this
    const seen = new Set<string>()
    const diagnostics: Diagnostic[] = []
    for (const finding of this.#found) {
      const key = `${finding.code} ${finding.range.start} ${finding.message}`
      const consequence = finding.cause !== true && liesWithin(finding.range.start, explained)
      if (consequence || seen.has(key)) continue
      seen.add(key)
      diagnostics.push(toDiagnostic(finding, this.source))
    }
    return diagnostics.sort(compareDiagnostics)
  }
}

/** The same stretches in order, without overlap. */
function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = []
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last === undefined || range.start > last.end) merged.push(range)
    else if (range.end > last.end) merged[merged.length - 1] = { start: last.start, end: range.end }
  }
  return merged
}

function liesWithin(offset: number, merged: readonly Range[]): boolean {
  let low = 0
  let high = merged.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((merged[middle]?.end ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  const range = merged[low]
  return range !== undefined && range.start <= offset
}

/** Puts line, column and the source line to a finding. */
export function toDiagnostic(finding: Finding, source: SourceText): Diagnostic {
  const { line, column } = source.placeAt(finding.range.start)
  const { text, caret } = source.show(line, finding.range)
  return {
    file: source.file,
    line,
    column,
    code: finding.code,
    path: formatPath(finding.path),
    message: finding.message,
    fix: finding.fix ?? ERRORS[finding.code].fix,
    sourceLine: text,
    caretStart: caret.start,
    caretEnd: caret.end,
    severity: finding.severity ?? 'error',
  }
}
