import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrokerProcess } from './clients/broker-process.ts'
import { KAFKA_PYTHON_SUITE } from './clients/kafka-python-suite.ts'
import { KGO_SUITE } from './clients/kgo-suite.ts'
import { whyMissing } from './servers/peer-missing.ts'

/** franz-go's tests are compiled first where nothing is left of an earlier run. */
const LIMIT_MS = 900_000

for (const suite of [KAFKA_PYTHON_SUITE, KGO_SUITE]) {
  const missing = await whyMissing(() => suite.install())
  const leftOut = Object.entries(suite.leftOut).map(([name, needs]) => ` (without ${name}, which needs ${needs})`)
  const reason = missing === null ? '' : ` (not here: ${missing})`

  describe.skipIf(missing !== null)(`${suite.name}${reason}`, () => {
    let broker: BrokerProcess
    beforeAll(async () => {
      broker = await BrokerProcess.start({
        'num.partitions': '4',
        'group.initial.rebalance.delay.ms': '0',
        'group.min.session.timeout.ms': '3000',
      })
    })
    afterAll(() => broker.stop())

    test(`passes, but for what is not served here${leftOut.join('')}`, { timeout: LIMIT_MS }, async () => {
      const { passed, failed } = await suite.run(broker.address)
      expect(failed.toSorted()).toEqual(Object.keys(suite.unserved).toSorted())
      expect(passed.length).toBeGreaterThanOrEqual(suite.minPassed)
    })

    test('the broker had nothing to complain about', () => {
      expect(broker.stderr).toBe('')
    })
  })
}
