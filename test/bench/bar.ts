import { layOut } from './result-table.ts'

/** A figure that a run must reach, as a ratio of others of the same run or as an absolute one. */
export interface Bar {
  readonly name: string
  readonly wanted: string
  readonly found: string
  readonly isMet: boolean
}

export function atLeast(name: string, limit: number, found: number): Bar {
  return { name, wanted: `≥ ${limit}`, found: found.toFixed(2), isMet: found >= limit }
}

export function atMost(name: string, limit: number, found: number): Bar {
  return { name, wanted: `≤ ${limit}`, found: found.toFixed(found < 10 ? 2 : 0), isMet: found <= limit }
}

export function toBarTable(bars: readonly Bar[]): string {
  const cells = bars.map(({ name, wanted, found, isMet }) => [name, wanted, found, isMet ? 'met' : 'NOT MET'])
  return layOut(['bar', 'wanted', 'found', ''], cells, (column) => column === 1 || column === 2)
}
