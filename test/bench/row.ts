import type { MeasuredWork } from './measured-work.ts'

/** One line of the results. */
export interface Row {
  readonly program: string
  readonly records: number
  /** Of the records together; undefined where it says nothing. */
  readonly bytes?: number
  readonly work: MeasuredWork
  readonly peakBytes?: number
}

export function ratePerSecond({ records, work }: Row): number {
  return records / work.seconds
}

export function ratePerCpuSecond({ records, work }: Row): number {
  return records / work.cpuSeconds
}

/** What the second, larger run has added to the first: the rate without start and warm-up. */
export function steadyRow(program: string, small: Row, large: Row): Row {
  return {
    program,
    records: large.records - small.records,
    work: {
      seconds: large.work.seconds - small.work.seconds,
      cpuSeconds: large.work.cpuSeconds - small.work.cpuSeconds,
    },
  }
}
