/** What a stretch of work inside a program has taken. */
export interface MeasuredWork {
  readonly seconds: number
  readonly cpuSeconds: number
}

/** Does the work and measures the time that passes and the processor time of all threads of this process. */
export async function measureWork(work: () => void | Promise<void>): Promise<MeasuredWork> {
  const cpu = process.cpuUsage()
  const startedMs = performance.now()
  await work()
  const seconds = (performance.now() - startedMs) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  return { seconds, cpuSeconds: (user + system) / 1e6 }
}

/** The one whose rate is the middle one. */
export function middleOf(rounds: readonly MeasuredWork[]): MeasuredWork {
  const middle = [...rounds].sort((a, b) => a.seconds - b.seconds)[rounds.length >> 1]
  if (middle === undefined) throw new Error('nothing was measured')
  return middle
}
