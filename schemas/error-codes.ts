/**
 * Every error that a user can meet, by its stable code. The category decides the exit code; `summary` stands in the
 * README's table; `fix` is what to do when the place that raises the error knows nothing better.
 * A code is never given another meaning, and a retired one is never used again.
 */
export type ErrorCategory = 'config' | 'environment' | 'runtime' | 'bug'

interface ErrorEntry {
  readonly category: ErrorCategory
  readonly summary: string
  readonly fix: string
}

export const ERRORS = {
  // Values with units
  E_DURATION: {
    category: 'config',
    summary: 'a duration is not of the form 30s, 5m, 24h',
    fix: 'write a number and a unit: ms, s, m, h, d, w',
  },
  E_BYTE_SIZE: {
    category: 'config',
    summary: 'a size is not of the form 64KiB, 16MiB',
    fix: 'write a number and a unit: B, KiB, MiB, GiB, TiB',
  },
  // Anything that should not happen
  E_BUG: { category: 'bug', summary: 'a defect in Stoplog itself', fix: 'please report it with the lines above' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
