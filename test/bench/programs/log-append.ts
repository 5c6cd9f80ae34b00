/**
 * Appends batches to a log store as the broker does, each acknowledged by the disk: `log-append.js FOLDER PARTITIONS
 * BATCH_RECORDS BATCHES`. Prints one JSON line. A fixed number of batches waits for the disk at any time, whatever the
 * number of partitions.
 */
import { BROKER_LIMITS } from '../../../broker/limits.ts'
import { FileStorage } from '../../../broker/log/file-storage.ts'
import { openLogStore } from '../../../broker/log/log-recovery.ts'
import type { LogStore } from '../../../broker/log/log-store.ts'
import type { PartitionLog } from '../../../broker/log/partition-log.ts'
import { FrameMemory } from '../../../broker/protocol/frame-memory.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { describeLogs, TopicCatalog } from '../../../broker/topics/topic-catalog.ts'
import { measureWork } from '../measured-work.ts'
import { appendInTurn } from './append-in-turn.ts'
import { batchOf, recordValues } from './sample-batch.ts'

async function openStore(folder: string): Promise<LogStore> {
  const fail = (error: Error): never => {
    throw error
  }
  return openLogStore(
    new FileStorage(folder),
    {
      clock: systemClock,
      logger: { info: () => undefined, warn: () => undefined, error: (message) => fail(new Error(message)) },
      memory: new FrameMemory(),
      journalFileBytes: BROKER_LIMITS.journalFileBytes.default,
      tailBytes: BROKER_LIMITS.tailBytes.default,
      syncBeforeAck: true,
      readOnly: false,
      onFatal: fail,
    },
    describeLogs,
  )
}

/** The broker reads no more requests while the disk is behind; nor does this. */
async function append(store: LogStore, log: PartitionLog, batch: Buffer): Promise<void> {
  while (store.isBehind) await systemClock.sleep(1)
  // The store keeps what it is given and writes the offset into it.
  await store.append(log, Buffer.from(batch)).durable
}

const [, , folder = '', partitions = '1', batchRecords = '63', batches = '1000'] = process.argv
const store = await openStore(folder)
const { partitions: logs } = await new TopicCatalog(store).create('bench', Number(partitions), {})
const batch = batchOf(recordValues(Number(batchRecords)))
const appendTo = (log: PartitionLog): Promise<void> => append(store, log, batch)
// The first files grow on the disk; later ones are used again.
await appendInTurn(logs, Number(batches) / 4, appendTo)
const work = await measureWork(() => appendInTurn(logs, Number(batches), appendTo))
process.stdout.write(`${JSON.stringify(work)}\n`)
await store.close()
