import type { Json } from '../../schemas/json.ts'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import type { BatchHeader } from '../protocol/record-batch.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'
import { Journal } from './journal.ts'
import type { MetadataChange, MetadataStore } from './metadata-store.ts'
import { type LogConfig, PartitionLog } from './partition-log.ts'
import { ProducerState } from './producer-state.ts'
import { writeSnapshot, type LogSnapshot } from './snapshot.ts'
import type { Storage } from './storage.ts'
import { TailMemory } from './tail-memory.ts'

export interface LogStoreOptions {
  readonly clock: Clock
  readonly logger: Logger
  /** What appended batches may lie in. */
  readonly memory: FrameMemory
  readonly journalFileBytes: number
  readonly tailBytes: number
  /** Every answer waits for the disk, or only for the operating system (`durability: interval`). */
  readonly syncBeforeAck: boolean
  /** Opens without changing anything; nothing can be appended. */
  readonly readOnly: boolean
  /** The disk has failed: nothing is acknowledged any more, the process should end. Called once. */
  onFatal(error: Error): void
}

/** What `recoverLogStore` has found in the data directory. */
export interface RecoveredState {
  readonly metadata: Map<string, Json>
  readonly logs: ReadonlyMap<number, PartitionLog>
  readonly nextSequence: number
  readonly spareJournals: readonly string[]
}

export interface AppendedBatch {
  readonly header: BatchHeader
  /** Resolves when the batch would survive a loss of power. */
  readonly durable: Promise<void>
}

/** `log-start/<logId>`: the first offset that may still be read, moved by DeleteRecords and by retention. */
export function logStartKey(logId: number): string {
  return `log-start/${logId}`
}

/**
 * All logs of a data directory and the small state beside them, behind one journal.
 *
 * A batch or a change goes to the journal and is acknowledged when that is on the disk. Batches stay in memory until
 * they are moved, many at a time, to the segment files of their partition; a checkpoint makes those files and a
 * snapshot of the rest durable, and the journal begins anew. See DESIGN.md, "One journal, many segments".
 */
export class LogStore implements MetadataStore {
  readonly #storage: Storage
  readonly #options: LogStoreOptions
  readonly #metadata: Map<string, Json>
  readonly #logs: Map<number, PartitionLog>
  readonly #journal: Journal
  readonly #memory: TailMemory
  #checkpointing: Promise<void> | null = null
  #checkpointWanted = false

  constructor(storage: Storage, options: LogStoreOptions, recovered: RecoveredState) {
    this.#storage = storage
    this.#options = options
    this.#metadata = recovered.metadata
    this.#logs = new Map(recovered.logs)
    this.#journal = new Journal(
      storage,
      {
        maxFileBytes: options.journalFileBytes,
        syncBeforeAck: options.syncBeforeAck,
        onFatal: (error) => options.onFatal(error),
        onRotated: () => void this.checkpoint(),
      },
      { nextSequence: recovered.nextSequence, spares: recovered.spareJournals },
    )
    this.#memory = new TailMemory({
      maxBytes: options.tailBytes,
      memory: options.memory,
      flush: (log) => log.flush(options.clock.now()),
      untilDurable: () => this.#journal.barrier(),
      onError: (error) => options.onFatal(error),
    })
    for (const log of recovered.logs.values()) this.#memory.adopt(log)
  }

  /** True while writing does not keep up with what is accepted: the owner should read no more requests until then. */
  get isBehind(): boolean {
    return this.#journal.isBehind || this.#memory.isOverCommitted
  }

  get(key: string): Json | undefined {
    return this.#metadata.get(key)
  }

  *entries(prefix: string): Iterable<readonly [key: string, value: Json]> {
    for (const entry of this.#metadata) if (entry[0].startsWith(prefix)) yield entry
  }

  write(changes: readonly MetadataChange[]): Promise<void> {
    if (this.#options.readOnly) return Promise.reject(new Error('the log store was opened read-only'))
    if (changes.length === 0) return Promise.resolve()
    applyChanges(this.#metadata, changes)
    return this.#journal.append('metadata', 0, Buffer.from(JSON.stringify(changes)))
  }

  log(logId: number): PartitionLog | undefined {
    return this.#logs.get(logId)
  }

  logs(): Iterable<PartitionLog> {
    return this.#logs.values()
  }

  /** An empty log. It leaves no trace on the disk until something is appended. */
  createLog(logId: number, folder: string, config: LogConfig): PartitionLog {
    const start = { logId, folder, segments: [], startOffset: 0, fault: null, producers: new ProducerState() }
    const log = new PartitionLog({ storage: this.#storage, memory: this.#options.memory }, config, start)
    this.#logs.set(logId, log)
    return log
  }

  /** Forgets a log and removes its files. The caller has made it durable that the log is no more. */
  async removeLog(log: PartitionLog): Promise<void> {
    this.#logs.delete(log.logId)
    this.#memory.forget(log)
    await log.close()
    await this.#storage.removeFolder(log.folder)
  }

  /**
   * Appends a verified batch: its offsets are given at once, in the order of calls. The batch stays in the memory that it
   * lies in: the log keeps that for as long as it needs it (FrameMemory).
   */
  append(log: PartitionLog, bytes: Buffer): AppendedBatch {
    const batch = log.append(bytes, this.#options.clock.now())
    const nextOffset = batch.lastOffset + 1
    const durable = this.#journal.append('batch', log.logId, batch.bytes, () => log.markDurable(nextOffset))
    this.#memory.add(log, batch)
    return { header: batch.header, durable }
  }

  /** Resolves when everything appended and written so far is durable. */
  barrier(): Promise<void> {
    return this.#journal.barrier()
  }

  /** Makes durable what was acknowledged without waiting (`durability: interval`). */
  sync(): Promise<void> {
    return this.#journal.sync()
  }

  /**
   * Moves everything out of the journal files that are full. Never rejects: a disk that fails is fatal and was
   * reported.
   */
  checkpoint(): Promise<void> {
    this.#checkpointWanted = true
    this.#checkpointing ??= this.#runCheckpoints().finally(() => {
      this.#checkpointing = null
    })
    return this.#checkpointing
  }

  async #runCheckpoints(): Promise<void> {
    while (this.#checkpointWanted) {
      this.#checkpointWanted = false
      try {
        await this.#checkpointOnce()
      } catch (error) {
        this.#options.onFatal(error instanceof Error ? error : new Error(String(error)))
        return
      }
    }
  }

  async #checkpointOnce(): Promise<void> {
    const replayFrom = this.#journal.activeFirstSequence
    for (const log of this.#logs.values()) {
      await log.flush(this.#options.clock.now())
      await log.sync()
    }
    // Taken in one go, and written only when all of it is durable: a snapshot must not know of what may vanish.
    const metadata = new Map(this.#metadata)
    const logs = new Map([...this.#logs.values()].map((log) => [log.logId, toSnapshot(log)]))
    await this.#journal.barrier()
    await writeSnapshot(this.#storage, { replayFrom, metadata, logs })
    await this.#journal.release(replayFrom)
  }

  /** Checkpoints everything and leaves no journal, so that the next start has nothing to replay. */
  async close(): Promise<void> {
    if (!this.#options.readOnly) {
      await this.#journal.rotate()
      await this.checkpoint()
      await this.#journal.close()
      for (const log of this.#logs.values()) await log.seal()
    }
    for (const log of this.#logs.values()) await log.close()
  }
}

/** Null removes. */
export function applyChanges(metadata: Map<string, Json>, changes: readonly MetadataChange[]): void {
  for (const { key, value } of changes) {
    if (value === null) metadata.delete(key)
    else metadata.set(key, value)
  }
}

function toSnapshot(log: PartitionLog): LogSnapshot {
  const { damage } = log
  return {
    syncedOffset: log.syncedOffset,
    producers: log.producers.toJson(),
    appendedMs: log.segments.map((s) => [s.baseOffset, s.firstAppendedMs, s.lastAppendedMs]),
    damage: damage === null ? null : { file: damage.file, offset: damage.offset, reason: damage.reason },
  }
}
