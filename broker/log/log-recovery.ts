import type { Json } from '../../schemas/json.ts'
import type { Logger } from '../../schemas/runtime.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import { verifyBatch } from '../protocol/record-batch.ts'
import { adoptSpares, JOURNAL_FOLDER } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import { type JournalScan, readJournal } from './journal-reader.ts'
import { applyChanges, LogStore, type LogStoreOptions, logStartKey } from './log-store.ts'
import type { MetadataChange } from './metadata-store.ts'
import { type LogConfig, PartitionLog } from './partition-log.ts'
import { ProducerState } from './producer-state.ts'
import { openSealedSegment, type RecoveredSegment, recoverSegment, type SegmentFault } from './segment-recovery.ts'
import { type LogSnapshot, readSnapshot, type Snapshot } from './snapshot.ts'
import type { Storage } from './storage.ts'

/** A log that the metadata says there is. */
export interface LogDescription {
  readonly logId: number
  readonly folder: string
  readonly config: LogConfig
}

/**
 * Opens a data directory: the snapshot, then the journal's changes of metadata, then the segments of every log that
 * there is according to them, then the journal's batches. Needs no human: a torn end is cut and kept aside, damage is
 * reported and the partition served up to it. Unless `readOnly`, a checkpoint follows, so that a start never has more
 * to replay than the run before left behind.
 */
export async function openLogStore(
  storage: Storage,
  options: LogStoreOptions,
  describeLogs: (metadata: ReadonlyMap<string, Json>) => readonly LogDescription[],
): Promise<LogStore> {
  if (!options.readOnly) await storage.makeFolder(JOURNAL_FOLDER)
  const snapshot = await readSnapshot(storage)
  const metadata = new Map(snapshot.metadata)
  const scan = await readJournal(storage, snapshot.replayFrom, (entry) => {
    if (entry.kind === 'metadata')
      applyChanges(metadata, JSON.parse(entry.payload.toString('utf8')) as MetadataChange[])
  })
  reportJournalDamage(scan, options.logger)
  const logs = new Map<number, PartitionLog>()
  for (const description of describeLogs(metadata)) {
    const log = await openLog(storage, options, description, snapshot, metadata)
    logs.set(description.logId, log)
  }
  await readJournal(storage, snapshot.replayFrom, (entry) => restoreBatch(entry, logs, options))
  for (const log of logs.values()) reportFault(log, options.logger)
  const store = new LogStore(storage, options, {
    metadata,
    logs,
    nextSequence: scan.nextSequence,
    spareJournals: options.readOnly ? [] : await adoptSpares(storage, scan.spares),
  })
  if (!options.readOnly) {
    await store.checkpoint()
    const isDamaged = scan.damage.length > 0 || [...logs.values()].some(({ damage }) => damage !== null)
    await dismissJournal(storage, scan.replayed, isDamaged)
  }
  return store
}

/** Removes files that were replayed, or keeps them under another name where somebody may want to look into them. */
async function dismissJournal(storage: Storage, names: readonly string[], isDamaged: boolean): Promise<void> {
  for (const name of names) {
    const path = `${JOURNAL_FOLDER}/${name}`
    await (isDamaged ? storage.rename(path, `${path}.damaged`) : storage.remove(path))
  }
}

async function openLog(
  storage: Storage,
  options: LogStoreOptions,
  description: LogDescription,
  snapshot: Snapshot,
  metadata: ReadonlyMap<string, Json>,
): Promise<PartitionLog> {
  const { logId, folder, config } = description
  const known = snapshot.logs.get(logId)
  const baseOffsets = (await storage.list(folder))
    .filter(({ name }) => /^\d{20}\.log$/.test(name))
    .map(({ name }) => Number(name.slice(0, 20)))
    .sort((a, b) => a - b)
  const recovered: RecoveredSegment[] = []
  for (const [index, baseOffset] of baseOffsets.entries()) {
    const input = {
      folder,
      baseOffset,
      // What is known to be damaged was acknowledged, so what lies there is no torn end, today as little as yesterday.
      syncedOffset: Math.max(known?.syncedOffset ?? 0, (known?.damage?.offset ?? -1) + 1),
      appendedMs: appendedMs(known, baseOffset, options.clock.now()),
      readOnly: options.readOnly,
    }
    const next = baseOffsets[index + 1]
    const segment =
      next === undefined ? await recoverSegment(storage, input) : await openSealedSegment(storage, input, next)
    recovered.push(segment)
    // Nothing behind damage is served: offsets would jump. The files stay as they are.
    if (segment.fault?.action === 'damaged') break
  }
  const segments = recovered.map(({ segment }) => segment)
  const startOffset = Math.max(Number(metadata.get(logStartKey(logId)) ?? 0), segments[0]?.baseOffset ?? 0)
  const end = segments.at(-1)?.nextOffset ?? startOffset
  const fault = stillDamaged(known, recovered, end) ?? recovered.at(-1)?.fault ?? lostTail(known, end, folder)
  const producers = ProducerState.fromJson(known?.producers ?? [])
  return new PartitionLog({ storage, memory: options.memory }, config, {
    logId,
    folder,
    segments,
    startOffset,
    fault,
    producers,
  })
}

/** Damage that an earlier start has found, unless the segments hold the records again. */
function stillDamaged(
  known: LogSnapshot | undefined,
  recovered: readonly RecoveredSegment[],
  end: number,
): SegmentFault | null {
  const damage = known?.damage ?? null
  const isFoundAgain = recovered.at(-1)?.fault?.action === 'damaged'
  if (damage === null || isFoundAgain || end > damage.offset) return null
  return { ...damage, position: 0, action: 'damaged', cutBytes: 0 }
}

/** A log that ends before what a checkpoint had made durable, without a torn batch to show for it. */
function lostTail(known: LogSnapshot | undefined, end: number, folder: string): SegmentFault | null {
  if (known === undefined || end >= known.syncedOffset) return null
  const reason = `it ends at offset ${end}, but had been acknowledged up to ${known.syncedOffset}`
  return { file: folder, position: 0, offset: end, action: 'cut', reason, cutBytes: 0 }
}

/** Times of append of a segment; a segment the snapshot does not know is as young as can be, and so kept longest. */
function appendedMs(
  known: LogSnapshot | undefined,
  baseOffset: number,
  nowMs: number,
): { first: number; last: number } {
  const row = known?.appendedMs.find(([base]) => base === baseOffset)
  return { first: row?.[1] ?? nowMs, last: row?.[2] ?? nowMs }
}

function restoreBatch(
  entry: JournalEntry,
  logs: ReadonlyMap<number, PartitionLog>,
  { clock, logger }: LogStoreOptions,
): void {
  const log = entry.kind === 'batch' ? logs.get(entry.logId) : undefined
  // The batches of a deleted topic stay in the journal until the next checkpoint.
  if (log === undefined) return
  try {
    verifyBatch(entry.payload)
    // A copy: the payload is a view of a whole journal file, which would stay in memory with it.
    log.restore(Buffer.from(entry.payload), clock.now())
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    logger.error('a batch in the journal is damaged', {
      code: 'E_DATA_DAMAGED',
      log: log.folder,
      sequence: entry.sequence,
      reason: error.message,
    })
  }
}

function reportJournalDamage(scan: JournalScan, logger: Logger): void {
  for (const { file, position, sequence } of scan.damage) {
    logger.error('an acknowledged entry of the journal is damaged', {
      code: 'E_DATA_DAMAGED',
      file,
      position,
      sequence,
      fix: 'the file is kept under another name; restore the partitions that are named from a copy',
    })
  }
}

function reportFault(log: PartitionLog, logger: Logger): void {
  const { fault } = log
  if (fault === null) return
  const fields = { file: fault.file, position: fault.position, offset: fault.offset, reason: fault.reason }
  if (fault.action === 'damaged') {
    logger.error('acknowledged records are damaged: the partition is served up to there and takes no writes', {
      code: 'E_DATA_DAMAGED',
      ...fields,
      fix: 'restore the partition from a copy, or delete and re-create the topic; nothing was changed',
    })
  } else if (log.nextOffset > fault.offset) {
    logger.info('a torn end was cut off and restored from the journal', fields)
  } else {
    logger.warn('a torn end was cut off and is kept beside the log in a .cut file', {
      ...fields,
      bytes: fault.cutBytes,
    })
  }
}
