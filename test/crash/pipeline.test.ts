import { expect, test } from 'vitest'
import { Random } from '../support/random.ts'
import { crashRounds } from './crash-rounds.ts'
import { PHASE_NAMES } from './moments.ts'

/** Kills of each phase; `npm run test:crash` makes 40, which are 200 in all. */
const KILLS = Number(process.env['STOPLOG_CRASH_KILLS'] ?? 40)
const SEED = Number(process.env['STOPLOG_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

test(`${KILLS} kills in each of ${PHASE_NAMES.length} phases (seed ${SEED}): nothing is lost, order is kept`, async () => {
  const { kills, verdicts } = await crashRounds({ killsPerPhase: KILLS, random: new Random(SEED) })
  process.stdout.write(`${JSON.stringify({ seed: SEED, kills, repeated: verdicts.map(({ repeated }) => repeated) })}\n`)
  expect(Object.values(kills)).toEqual(PHASE_NAMES.map(() => KILLS))
  expect(verdicts.flatMap(({ broken }) => broken)).toEqual([])
})
