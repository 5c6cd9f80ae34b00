/** What a process has used: user and system time of all its threads, and the most memory it has ever held. */
export interface Usage {
  readonly cpuSeconds: number
  readonly peakBytes: number
}
