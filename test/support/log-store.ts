import { openLogStore } from '../../broker/log/log-recovery.ts'
import type { LogStore, LogStoreOptions } from '../../broker/log/log-store.ts'
import type { PartitionLog } from '../../broker/log/partition-log.ts'
import type { Storage } from '../../broker/log/storage.ts'
import { NO_HEADERS, RecordBatchBuilder } from '../../broker/protocol/record-batch-builder.ts'
import { readBatchHeader } from '../../broker/protocol/record-batch.ts'
import { readRecords } from '../../broker/protocol/record-reader.ts'
import { FrameMemory } from '../../broker/protocol/frame-memory.ts'
import { describeLogs, TopicCatalog } from '../../broker/topics/topic-catalog.ts'
import type { TopicOverrides } from '../../broker/topics/topic-config.ts'
import { ManualClock } from '../../connectors/testing/manual-clock.ts'
import { KeptLog } from './kept-log.ts'

/** A log store with its topics, as a broker has it. */
export interface OpenStore {
  readonly store: LogStore
  readonly topics: TopicCatalog
  readonly logger: KeptLog
  readonly clock: ManualClock
  /** What the disk was reported for. */
  readonly fatal: Error[]
}

export async function openStore(storage: Storage, options: Partial<LogStoreOptions> = {}): Promise<OpenStore> {
  const logger = new KeptLog()
  const clock = new ManualClock()
  const fatal: Error[] = []
  const store = await openLogStore(
    storage,
    {
      clock,
      logger,
      memory: new FrameMemory(),
      journalFileBytes: 1_048_576,
      tailBytes: 4_194_304,
      syncBeforeAck: true,
      readOnly: false,
      onFatal: (error) => fatal.push(error),
      ...options,
    },
    describeLogs,
  )
  return { store, topics: new TopicCatalog(store), logger, clock, fatal }
}

export async function createLog(open: OpenStore, overrides: TopicOverrides = {}, name = 't'): Promise<PartitionLog> {
  const topic = open.topics.get(name) ?? (await open.topics.create(name, 1, overrides))
  const [log] = topic.partitions
  if (log === undefined) throw new Error('a topic without partitions')
  return log
}

/** A batch whose records carry these texts. */
export function batchOf(...values: readonly string[]): Buffer {
  const builder = new RecordBatchBuilder(256)
  for (const [index, value] of values.entries()) builder.append(1_000 + index, `k${index}`, value, NO_HEADERS)
  return builder.finish()
}

/** The values of all records that can be read. */
export async function readValues(log: PartitionLog, from = log.startOffset): Promise<string[]> {
  const values: string[] = []
  let offset = from
  while (offset < log.highWatermark) {
    const { chunks, release } = await log.read(offset, 1_000)
    if (chunks.length === 0) throw new Error(`nothing to read at ${offset}, high watermark ${log.highWatermark}`)
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        const header = readBatchHeader(chunk, at)
        for (const record of readRecords(chunk, at, header, 1_000_000)) {
          if (record.offset >= from) values.push(record.valueText ?? '')
        }
        at += header.sizeBytes
        offset = header.baseOffset + header.lastOffsetDelta + 1
      }
    }
    release()
  }
  return values
}
