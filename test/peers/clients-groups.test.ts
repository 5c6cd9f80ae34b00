import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BrokerProcess } from './clients/broker-process.ts'
import { CLIENTS, whyClientMissing } from './clients/clients.ts'
import { GroupTrial } from './clients/group-trial.ts'
import { createKcat } from './clients/kcat.ts'

/** kcat once more, with the protocol in which members keep what they have during a rebalance (KIP-429). */
const GROUPS = [...CLIENTS, createKcat('cooperative-sticky')]

describe('groups of three', () => {
  let broker: BrokerProcess
  beforeAll(async () => {
    broker = await BrokerProcess.start({ 'group.initial.rebalance.delay.ms': '0' })
  })
  afterAll(() => broker.stop())

  for (const client of GROUPS) {
    const missing = whyClientMissing(client)
    const reason = missing === null ? '' : ` (not here: ${missing})`
    describe.skipIf(missing !== null)(`${client.name}${reason}`, () => {
      let trial: GroupTrial
      beforeAll(async () => {
        const group = `three-of-${client.name.replaceAll(/\W+/g, '-')}`
        trial = await GroupTrial.create(client, { address: broker.address, topic: group, group })
      })
      afterAll(() => trial.close())

      test('members leave, join and die, and every record is read', async () => {
        trial.feed.start()
        const [dies, stays, leaves] = [await trial.join(), await trial.join(), await trial.join()]
        await trial.untilTheyShare([dies, stays, leaves])
        await trial.leave(leaves)
        await trial.untilTheyShare([dies, stays])
        const joins = await trial.join()
        await trial.untilTheyShare([dies, stays, joins])
        await dies.kill()
        await trial.untilTheyShare([stays, joins])
        await trial.feed.stop()
        await trial.untilAllRead(trial.feed.values())
        await Promise.all([stays.stop(), joins.stop()])
      })

      test('a member that comes later goes on where the others were, also after a crash of the broker', async () => {
        await broker.kill()
        await broker.restart()
        const from = trial.feed.rounds
        for (let round = 0; round < 5; round += 1) await trial.feed.round()
        const member = await trial.join()
        await trial.untilAllRead(trial.feed.values(from))
        await member.stop()
        expect(trial.valuesOf(member).toSorted()).toEqual(trial.feed.values(from).toSorted())
      })
    })
  }

  test('the broker had nothing to complain about', () => {
    expect(broker.stderr).toBe('')
  })
})
