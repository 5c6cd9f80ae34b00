import type { Bar } from './bar.ts'
import type { Row } from './row.ts'

/** What one part of the benchmark has found. */
export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
  readonly bars: readonly Bar[]
  /** Said below the table. */
  readonly notes: readonly string[]
}

/** What the command line asks for. */
export interface BenchOptions {
  /** Records of the pipeline and of the client. */
  readonly records: number
  /** Findings, one per line; written by the benchmark where none are given. */
  readonly file: string | null
  readonly expected: string | null
  /** For what is written and measured; on the disk that is to be measured. */
  readonly folder: string
}
