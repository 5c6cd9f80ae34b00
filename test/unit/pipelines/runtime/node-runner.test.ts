import { expect, test } from 'vitest'
import { ConnectionLost } from '../../../../broker/client/client-error.ts'
import { Cluster } from '../../../../broker/client/cluster.ts'
import { BrokerTrouble } from '../../../../pipelines/runtime/broker-trouble.ts'
import { keepRunning } from '../../../../pipelines/runtime/node-runner.ts'
import { NodeStatus } from '../../../../pipelines/runtime/node-status.ts'
import { KeptLog } from '../../../support/kept-log.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'

/** Runs a node that breaks down at once, every time, for ten minutes. Resolves with how often it was started. */
async function startsOf(failure: Error): Promise<{ starts: number; log: KeptLog; status: NodeStatus }> {
  const clock = new ManualClock()
  const log = new KeptLog()
  const cluster = new Cluster({ bootstrapServers: [], clientId: 'test', clock })
  const status = new NodeStatus('kept', 'stream')
  const stop = new AbortController()
  let starts = 0
  const node = {
    run: () => {
      starts += 1
      return Promise.reject(failure)
    },
    restart: () => Promise.resolve(),
  }
  const ended = keepRunning(
    node,
    status,
    { clock, cluster, logger: log, trouble: new BrokerTrouble(clock, log) },
    stop.signal,
  )
  await new Promise((resolve) => setImmediate(resolve))
  await clock.pass(600_000)
  stop.abort()
  await ended
  return { starts, log, status }
}

test('a node whose broker is away is tried every two seconds at least, and that is told now and then', async () => {
  const { starts, log } = await startsOf(new ConnectionLost('refused'))
  expect(starts).toBeGreaterThan(300)
  expect(log.lines.length).toBeGreaterThan(10)
  expect(log.lines.length).toBeLessThan(30)
  expect(new Set(log.lines.map(({ fields }) => fields['node']))).toEqual(new Set(['kept']))
})

test('a node that breaks down by itself waits longer and longer, and each start is told', async () => {
  const { starts, log } = await startsOf(new Error('broken'))
  expect(starts).toBeGreaterThan(20)
  expect(starts).toBeLessThan(200)
  expect(log.lines.length).toBe(starts)
  expect(log.lines[0]?.message).toBe('a node is started again')
})
