import { readFetched } from '../../broker/client/fetched-records.ts'
import { BROKER_LIMITS } from '../../broker/limits.ts'
import { readFormat } from '../../broker/log/data-directory.ts'
import { FileStorage } from '../../broker/log/file-storage.ts'
import { openLogStore } from '../../broker/log/log-recovery.ts'
import type { LogStore } from '../../broker/log/log-store.ts'
import type { PartitionLog } from '../../broker/log/partition-log.ts'
import { prepareCompression } from '../../broker/protocol/compression.ts'
import { ProtocolError } from '../../broker/protocol/protocol-error.ts'
import type { BatchRecord } from '../../broker/protocol/record-reader.ts'
import { FrameMemory } from '../../broker/protocol/frame-memory.ts'
import { describeLogs, TopicCatalog } from '../../broker/topics/topic-catalog.ts'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { PartitionRange, RecordCursor, TopicExtent, TopicReading } from './topic-reading.ts'

const READ_BYTES = 1_048_576

/** Topics of a data directory whose broker does not run. Nothing in the directory is changed. */
export class OfflineTopics implements TopicReading {
  readonly #store: LogStore
  readonly #catalog: TopicCatalog

  private constructor(store: LogStore) {
    this.#store = store
    this.#catalog = new TopicCatalog(store)
  }

  /** Rejects with E_DATA_FORMAT, E_DATA_DAMAGED or E_DATA_DIR when the directory cannot be read. */
  static async open(folder: string, clock: Clock, logger: Logger): Promise<OfflineTopics> {
    try {
      await readFormat(folder)
      await prepareCompression()
      const options = {
        clock,
        logger,
        memory: new FrameMemory(),
        journalFileBytes: BROKER_LIMITS.journalFileBytes.default,
        tailBytes: BROKER_LIMITS.tailBytes.default,
        syncBeforeAck: true,
        readOnly: true,
        onFatal: () => undefined,
      }
      return new OfflineTopics(await openLogStore(new FileStorage(folder), options, describeLogs))
    } catch (error) {
      if (error instanceof StoplogError) throw error
      const reason = error instanceof Error ? error.message : String(error)
      throw new StoplogError('E_DATA_DIR', `${folder} cannot be read: ${reason}`, {
        where: folder,
        cause: error,
        fix: 'let the user that runs this read it; if a broker was started on it just now, try again',
      })
    }
  }

  async topics(): Promise<readonly TopicExtent[]> {
    return this.#catalog
      .all()
      .map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ startOffset, highWatermark }, partition) => ({
          partition,
          startOffset,
          endOffset: highWatermark,
        })),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async offsetsAt({ name, partitions }: TopicExtent, timeMs: number): Promise<readonly number[]> {
    const offsets: number[] = []
    for (const { partition, endOffset } of partitions) {
      const fromOffset = this.#log(name, partition).offsetBefore(timeMs)
      const cursor = this.#cursor(name, { partition, fromOffset, toOffset: endOffset }, null)
      let record = await cursor.next()
      while (record !== null && record.timestamp < timeMs) record = await cursor.next()
      offsets.push(record?.offset ?? endOffset)
    }
    return offsets
  }

  read(topic: string, ranges: readonly PartitionRange[], signal: AbortSignal): readonly RecordCursor[] {
    return ranges.map((range) => this.#cursor(topic, range, signal))
  }

  follow(): null {
    return null
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  #log(topic: string, partition: number): PartitionLog {
    const log = this.#catalog.get(topic)?.partitions[partition]
    if (log === undefined) throw new StoplogError('E_BUG', `${topic} has no partition ${partition}`)
    return log
  }

  #cursor(
    topic: string,
    { partition, fromOffset, toOffset }: PartitionRange,
    signal: AbortSignal | null,
  ): RecordCursor {
    const log = this.#log(topic, partition)
    let records: readonly BatchRecord[] = []
    let at = 0
    let nextOffset = fromOffset
    return {
      partition,
      async next() {
        while (at >= records.length) {
          if (nextOffset >= toOffset || signal?.aborted === true) return null
          const read = await readStretch(log, nextOffset)
          // An empty answer would be asked for again for ever: what is left cannot be read.
          if (read.nextOffset === nextOffset) return null
          records = read.records
          nextOffset = read.nextOffset
          at = 0
        }
        const record = records[at]
        at += 1
        if (record === undefined || record.offset >= toOffset) return null
        return record
      },
    }
  }
}

interface Stretch {
  readonly records: readonly BatchRecord[]
  readonly nextOffset: number
}

async function readStretch(log: PartitionLog, fetchOffset: number): Promise<Stretch> {
  try {
    return readFetched({
      bytes: Buffer.concat((await log.read(fetchOffset, READ_BYTES)).chunks),
      fetchOffset,
      abortedTransactions: null,
      maxDecompressedBytes: BROKER_LIMITS.maxDecompressedBytes.default,
    })
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    const message = `${log.folder} cannot be read at offset ${fetchOffset}: ${error.message}`
    throw new StoplogError('E_DATA_DAMAGED', message, { where: log.folder, cause: error })
  }
}
