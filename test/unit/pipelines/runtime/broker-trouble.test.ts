import { expect, test } from 'vitest'
import { BrokerTrouble } from '../../../../pipelines/runtime/broker-trouble.ts'
import { KeptLog } from '../../../support/kept-log.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'

function watched(): { clock: ManualClock; log: KeptLog; trouble: BrokerTrouble } {
  const clock = new ManualClock()
  const log = new KeptLog()
  return { clock, log, trouble: new BrokerTrouble(clock, log) }
}

test('what is over soon is not told', async () => {
  const { clock, log, trouble } = watched()
  for (let i = 0; i < 3; i += 1) {
    trouble.of('raw')(new Error('no leader'))
    await clock.pass(600)
  }
  await clock.pass(60_000)
  trouble.of('raw')(new Error('no leader'))
  expect(log.lines).toEqual([])
})

test('what lasts is told for each node and reason, with how long it has lasted, and again every half minute', async () => {
  const { clock, log, trouble } = watched()
  for (let i = 0; i <= 35; i += 1) {
    trouble.of('raw')(new Error('refused'))
    if (i < 5) trouble.of('out')(new Error('no leader'))
    await clock.pass(1_000)
  }
  const told = log.lines.map(({ level, fields }) => [level, fields['node'], fields['reason'], fields['seconds']])
  expect(told).toEqual([
    ['warn', 'raw', 'refused', 2],
    ['warn', 'out', 'no leader', 2],
    ['warn', 'raw', 'refused', 32],
  ])
})
