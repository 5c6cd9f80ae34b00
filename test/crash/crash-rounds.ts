import { join } from 'node:path'
import { readLock } from '../../broker/log/directory-lock.ts'
import type { Random } from '../support/random.ts'
import { CrashPipeline, LOADS, type LoadName, type Verdict } from './crash-pipeline.ts'
import { BUILT, runProcess } from './killed-process.ts'
import { PHASE_NAMES, type Phase, pickMoment } from './moments.ts'

export interface CrashOptions {
  readonly killsPerPhase: number
  readonly random: Random
  /** Loads in turn; default: all. */
  readonly loads?: readonly LoadName[]
  readonly phases?: readonly Phase[]
  /** The program to run; default: what was built. */
  readonly built?: string
  /** Rounds without end would hide that a phase is never met. Default: two for each kill of a phase, and some more. */
  readonly maxRounds?: number
}

export interface CrashOutcome {
  readonly kills: Readonly<Record<Phase, number>>
  readonly verdicts: readonly Verdict[]
}

/** Small files, so that segments and journals roll all the time. */
const RUN = [
  'run',
  'crash.yaml',
  '--data-dir',
  '.stoplog',
  '--json',
  ...['journal.file.bytes=1048576', 'tail.bytes=524288', 'log.segment.bytes=1048576'].flatMap((p) => ['--property', p]),
]

/** Reads what the stream has refused, without a broker at work. */
const DEAD_LETTERS = ['consume', 'crash._judged-dead-letters', '--data-dir', '.stoplog']

/**
 * Kills pipelines again and again, each until its input has ended, and judges what each leaves behind, until every
 * phase was met often enough. Throws when a life ends otherwise than by a kill or well.
 */
export async function crashRounds(options: CrashOptions): Promise<CrashOutcome> {
  const {
    phases = PHASE_NAMES,
    loads = Object.keys(LOADS) as LoadName[],
    maxRounds = 40 + 2 * options.killsPerPhase,
  } = options
  const kills: Record<Phase, number> = Object.fromEntries(PHASE_NAMES.map((phase) => [phase, 0])) as Record<
    Phase,
    number
  >
  const verdicts: Verdict[] = []
  const isDone = (): boolean => phases.every((phase) => kills[phase] >= options.killsPerPhase)
  for (let round = 0; !isDone() && round < maxRounds; round += 1) {
    verdicts.push(await crashRound(loads[round % loads.length] ?? 'generate', options, phases, kills))
  }
  return { kills, verdicts }
}

async function crashRound(
  load: LoadName,
  { killsPerPhase, random, built = BUILT }: CrashOptions,
  phases: readonly Phase[],
  kills: Record<Phase, number>,
): Promise<Verdict> {
  const pipeline = await CrashPipeline.create(load)
  const cwd = pipeline.path
  try {
    for (;;) {
      const left = phases.filter((phase) => kills[phase] < killsPerPhase)
      const moment = left.length === 0 ? undefined : pickMoment(random.pick(left), random)
      const ended = await runProcess(RUN, { cwd, built, ...(moment === undefined ? {} : { moment }) })
      if (moment !== undefined && ended.killed !== null) {
        await checkDeath(cwd, moment.phase)
        kills[moment.phase] += 1
        process.stdout.write(`${load}: ${ended.killed}\n`)
        continue
      }
      if (ended.code !== 0) throw new Error(`exit ${ended.code} in ${cwd}\n${ended.stdout}\n${ended.stderr}`)
      break
    }
    const { code, stdout, stderr } = await runProcess(DEAD_LETTERS, { cwd, built })
    if (code !== 0) throw new Error(`exit ${code} in ${cwd}\n${stderr}`)
    const verdict = await pipeline.judge(stdout.split('\n').filter((line) => line !== ''))
    process.stdout.write(`${load}: ${JSON.stringify(verdict)}\n`)
    if (verdict.broken.length === 0) await pipeline.remove()
    return verdict
  } catch (error) {
    throw new Error(`the folder is left behind: ${cwd}`, { cause: error })
  }
}

/**
 * Throws when what is left on the disk contradicts the phase that was met: the lock holds an address as soon as the
 * broker has recovered and listens, and nobody sends it anything sooner.
 */
async function checkDeath(cwd: string, phase: Phase): Promise<void> {
  // The broker's first segments may be begun before the lock says that it listens.
  if (phase === 'segment roll') return
  const lock = await readLock(join(cwd, '.stoplog'))
  if ((lock?.address === null) !== (phase === 'recovery')) {
    throw new Error(`it died elsewhere than in ${phase}: ${JSON.stringify(lock)}`)
  }
}
