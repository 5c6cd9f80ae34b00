import { expect, test } from 'vitest'
import { crashRounds } from '../../crash/crash-rounds.ts'
import { PHASE_NAMES } from '../../crash/moments.ts'
import { Random } from '../../support/random.ts'

/* The short form of `npm run test:crash`. */

const SEED = Math.floor(Math.random() * 2 ** 31)

test(`a kill in each phase (seed ${SEED}) loses nothing and keeps the order`, { timeout: 600_000 }, async () => {
  const { kills, verdicts } = await crashRounds({ killsPerPhase: 1, random: new Random(SEED), loads: ['files'] })
  expect(Object.values(kills)).toEqual(PHASE_NAMES.map(() => 1))
  expect(verdicts.flatMap(({ broken }) => broken)).toEqual([])
})
