import { expect, test } from 'vitest'
import { Cluster } from '../../../../broker/client/cluster.ts'
import { Producer } from '../../../../broker/client/producer.ts'
import { NO_HEADERS } from '../../../../broker/protocol/record-batch-builder.ts'
import { systemClock } from '../../../../broker/system-clock.ts'

const RECORD = { timestamp: 0, key: 'k', value: 'v', headers: NO_HEADERS }

/** A producer whose brokers are not there: port 1 is nobody's. */
function lonelyProducer(): Producer {
  return new Producer(new Cluster({ bootstrapServers: ['127.0.0.1:1'], clientId: 'test', clock: systemClock }))
}

test('what is not delivered when the producer is closed is rejected, and so is a flush', async () => {
  const producer = lonelyProducer()
  const delivered = producer.append('t', 0, RECORD)
  const flushed = producer.flush()
  producer.close()
  await expect(delivered).rejects.toThrow('the producer was closed')
  await expect(flushed).rejects.toThrow('the producer was closed')
})

test('what is appended after the close is rejected, and a flush does not wait for it', async () => {
  const producer = lonelyProducer()
  producer.close()
  await expect(producer.append('t', 0, RECORD)).rejects.toThrow('the producer was closed')
  await expect(producer.flush()).rejects.toThrow('the producer was closed')
})
