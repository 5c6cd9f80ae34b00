import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryStorage } from '../../../../broker/log/memory-storage.ts'
import { FaultyStorage } from '../../../support/faulty-storage.ts'
import { batchOf, createLog, openStore, readValues } from '../../../support/log-store.ts'

const LIVES = 12
const BATCHES_PER_LIFE = 40
/** Small, so that journal files are begun, released and used again all the time. */
const SIZES = { journalFileBytes: 1_024, tailBytes: 512 }

/** One life of a log store, which ends at its nth operation on the disk; then nothing reaches the disk any more. */
async function live(disk: MemoryStorage, nth: number, acknowledged: string[], life: number): Promise<boolean> {
  let operations = 0
  let isDead = false
  const storage = new FaultyStorage(disk, () => {
    operations += 1
    isDead ||= operations >= nth
    if (isDead) throw new Error('the process has died')
  })
  const fatal: Error[] = []
  try {
    const open = await openStore(storage, { ...SIZES, onFatal: (error) => fatal.push(error) })
    const log = await createLog(open, { 'segment.bytes': '2048' })
    const values = await readValues(log)
    expect(values.filter((value) => acknowledged.includes(value))).toEqual(acknowledged)
    for (let i = 0; i < BATCHES_PER_LIFE; i += 1) {
      const value = `${life}.${i}`
      await open.store.append(log, batchOf(value)).durable
      acknowledged.push(value)
    }
    await open.store.checkpoint()
  } catch (error) {
    if (!isDead) throw error
  }
  if (!isDead) expect(fatal).toEqual([])
  return isDead
}

async function liveAll(deaths: readonly number[]): Promise<void> {
  const acknowledged: string[] = []
  let disk = new MemoryStorage()
  for (const [life, nth] of [...deaths, Number.POSITIVE_INFINITY].entries()) {
    await live(disk, nth, acknowledged, life)
    disk = life % 2 === 0 ? disk.afterProcessDeath() : disk.afterPowerLoss((_, index) => index % 2 === 0)
  }
  await live(disk, Number.POSITIVE_INFINITY, acknowledged, deaths.length + 1)
}

// Found by the property below: acknowledged records were written over.
test('a journal file that was begun and not written to is not taken for a spare while it is in use', () =>
  liveAll([139, 195, 1, 1, 99]))

test(
  'however often the process dies, everything acknowledged comes back in order, and it goes on',
  {
    timeout: 300_000,
  },
  () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 2, maxLength: LIVES }), liveAll),
      { numRuns: 150 },
    ),
)
