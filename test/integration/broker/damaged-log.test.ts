import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import { Fetcher } from '../../../broker/client/fetcher.ts'
import { Producer } from '../../../broker/client/producer.ts'
import { NO_HEADERS } from '../../../broker/protocol/record-batch-builder.ts'
import { readBatchHeader } from '../../../broker/protocol/record-batch.ts'
import { RunningBroker } from '../../support/running-broker.ts'

const running: RunningBroker[] = []
afterEach(async () => {
  for (const broker of running.splice(0)) await broker.stop()
})

/** A broker with a topic of two partitions, and what a client does with it. */
class Damaged {
  readonly broker: RunningBroker

  constructor(broker: RunningBroker) {
    this.broker = broker
  }

  static async start(): Promise<Damaged> {
    const broker = await RunningBroker.start()
    running.push(broker)
    await new Admin(broker.cluster()).ensureTopics([{ name: 't', partitions: 2, replicationFactor: 1, configs: {} }])
    return new Damaged(broker)
  }

  /** Rejects with the first refusal; a producer would try again for ever. */
  async append(partition: number, value: string): Promise<void> {
    let refuse: (error: Error) => void = () => undefined
    const refused = new Promise<never>((_, reject) => (refuse = reject))
    refused.catch(() => undefined)
    const producer = new Producer(this.broker.cluster(), { onTrouble: (error) => refuse(error) })
    try {
      const appended = producer.append('t', partition, { timestamp: 1, key: null, value, headers: NO_HEADERS })
      appended.catch(() => undefined)
      await Promise.race([producer.flush(), refused])
    } finally {
      producer.close()
    }
  }

  async read(partition: number, count: number): Promise<string[]> {
    const fetcher = new Fetcher(this.broker.cluster(), { purpose: 'test' })
    fetcher.assign('t', partition, 0)
    const values: string[] = []
    const signal = AbortSignal.timeout(10_000)
    while (values.length < count && !signal.aborted) {
      for (const { records } of await fetcher.poll(signal)) values.push(...records.map((each) => each.valueText ?? ''))
    }
    fetcher.close()
    return values
  }

  /** The path of a partition's only segment. */
  async segment(partition: number): Promise<string> {
    const folder = join(this.broker.folder, 'topics')
    const name = (await readdir(folder)).find((each) => each.startsWith(`t-${partition}.`)) ?? ''
    return join(folder, name, '00000000000000000000.log')
  }
}

describe('a partition with a bad batch before good ones', () => {
  test('is served up to there and takes no writes at every start, the others go on, and what to do is told', async () => {
    const damaged = await Damaged.start()
    const { broker } = damaged
    for (const value of ['a', 'b', 'c']) {
      await damaged.append(0, value)
      await damaged.append(1, value)
    }
    await broker.restart()
    const path = await damaged.segment(0)
    const whole = await readFile(path)
    const content = Buffer.from(whole)
    const second = readBatchHeader(content, 0).sizeBytes
    content[second + 65]! ^= 1
    await broker.restart(() => writeFile(path, content))
    for (let start = 0; start < 2; start += 1) {
      expect(await damaged.read(0, 1)).toEqual(['a'])
      await expect(damaged.append(0, 'lost')).rejects.toThrow('KAFKA_STORAGE_ERROR')
      await damaged.append(1, `more ${start}`)
      expect((await readFile(path)).equals(content)).toBe(true)
      const told = broker.logger.lines.filter(({ fields }) => fields['code'] === 'E_DATA_DAMAGED')
      expect(told).toHaveLength(start + 1)
      expect(told.at(-1)?.fields).toMatchObject({
        offset: 1,
        fix: 'restore the partition from a copy, or delete and re-create the topic; nothing was changed',
      })
      await broker.restart()
    }
    expect(await damaged.read(1, 5)).toEqual(['a', 'b', 'c', 'more 0', 'more 1'])
    // The way out that is told.
    await broker.restart(() => writeFile(path, whole))
    await damaged.append(0, 'd')
    expect(await damaged.read(0, 4)).toEqual(['a', 'b', 'c', 'd'])
  })
})
