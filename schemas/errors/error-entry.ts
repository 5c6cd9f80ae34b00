export type ErrorCategory = 'config' | 'environment' | 'runtime' | 'bug'

export interface ErrorEntry {
  /** Decides the exit code. */
  readonly category: ErrorCategory
  /** Stands in the README's table. */
  readonly summary: string
  /** What to do when the place that raises the error knows nothing better. */
  readonly fix: string
}
