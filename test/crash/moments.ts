import type { Random } from '../support/random.ts'
import { TOPIC_PHASES } from './crash-pipeline.ts'

/** When a process is killed, and how often such a moment may have passed before. */
const PHASES = {
  /** A Produce request to the source's topic is about to be sent, or was. */
  'source write': { nthMost: 60, delayMsMost: 8 },
  /** One to the topic of the stream, its changelog, or that of decisions. */
  processing: { nthMost: 60, delayMsMost: 8 },
  /** Offsets of a group are committed, or positions of a source are written. */
  commit: { nthMost: 30, delayMsMost: 3 },
  /** The broker reads its directory and mends it, before it listens. */
  recovery: { nthMost: 45, delayMsMost: 0 },
  /** A new segment or journal file is begun, or a file gets another name. */
  'segment roll': { nthMost: 25, delayMsMost: 3 },
} as const

export type Phase = keyof typeof PHASES

export const PHASE_NAMES = Object.keys(PHASES) as readonly Phase[]

/** What `kill-switch.js` is told. */
export interface Moment {
  readonly phase: Phase
  readonly nth: number
  /** -1: just before; 0: right after it was asked for. */
  readonly delayMs: number
  readonly topics: Readonly<Record<string, Phase>>
}

export function pickMoment(phase: Phase, random: Random): Moment {
  const { nthMost, delayMsMost } = PHASES[phase]
  const delayMs = random.chance(0.4) ? -1 : random.below(delayMsMost + 1)
  return { phase, nth: 1 + random.below(nthMost), delayMs, topics: TOPIC_PHASES }
}
