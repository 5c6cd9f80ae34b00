import { expect, test } from 'vitest'
import { MemoryStorage } from '../../broker/log/memory-storage.ts'
import { batchOf, createLog, openStore, readValues } from '../support/log-store.ts'
import { Random } from '../support/random.ts'
import { type Breakage, BrokenProgram } from './broken-program.ts'
import { crashRounds } from './crash-rounds.ts'
import type { Phase } from './moments.ts'

/* Each guarantee is broken once, and the attack that proves it has to see that. */

const SEED = Number(process.env['STOPLOG_CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Kills in one round; a broken promise shows at one of them. */
const KILLS = 6
const MAX_ROUNDS = 5

/** What a loss of power leaves of a batch that was acknowledged. */
async function acknowledgedAfterPowerLoss(syncBeforeAck: boolean): Promise<readonly string[]> {
  const storage = new MemoryStorage()
  const open = await openStore(storage, { syncBeforeAck })
  await open.store.append(await createLog(open), batchOf('acknowledged')).durable
  const again = await openStore(storage.afterPowerLoss())
  return readValues(await createLog(again))
}

test('an answer before the sync loses acknowledged records', async () => {
  expect(await acknowledgedAfterPowerLoss(true)).toEqual(['acknowledged'])
  expect(await acknowledgedAfterPowerLoss(false)).toEqual([])
})

/** The state after a crash is what was written last, also where the output was not. */
const STATE_AHEAD: Breakage = {
  text: 'offset > (committed.get(topic) ?? Infinity)',
  instead: 'false',
}

test.for<{
  readonly what: string
  readonly phase: Phase
  readonly breakages: readonly Breakage[]
}>([
  {
    what: 'a commit before the output loses events',
    phase: 'commit',
    breakages: [
      {
        text: 'await outputs.flush();\n\tawait moveOn();',
        instead: 'await moveOn();\n    await new Promise((r) => setTimeout(r, 50));\n    await outputs.flush();',
      },
      // Otherwise the output would follow within 5 ms, whether somebody waits for it or not.
      { text: 'lingerMs: 5,', instead: 'lingerMs: 200,' },
    ],
  },
  {
    what: 'a mark that is ahead of the output, and forgets which event made it, loses events',
    phase: 'processing',
    breakages: [STATE_AHEAD, { text: '!isBeforeOrAt(event, mark) &&', instead: '' }],
  },
])(`$what (seed ${SEED})`, async ({ phase, breakages }) => {
  const program = await BrokenProgram.make(breakages)
  const random = new Random(SEED)
  const missing: string[] = []
  try {
    for (let round = 0; round < MAX_ROUNDS && missing.length === 0; round += 1) {
      const options = { killsPerPhase: KILLS, random, loads: ['files'], phases: [phase], built: program.built } as const
      const { verdicts } = await crashRounds({ ...options, maxRounds: 1 })
      missing.push(...verdicts.flatMap(({ broken }) => broken.filter((text) => text.includes('missing'))))
    }
  } finally {
    await program.remove()
  }
  expect(missing).not.toEqual([])
})
