import { StoplogError } from '../../schemas/stoplog-error.ts'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { crc32c } from '../protocol/crc32c.ts'
import type { Storage } from './storage.ts'

const SNAPSHOT_FILE = 'snapshot.json'
const MAGIC_LINE = /^stoplog snapshot 1 ([0-9a-f]{8})\n/

/** What a checkpoint keeps of one log, besides its segments. */
export interface LogSnapshot {
  /** Below it the segments are complete and synced. */
  readonly syncedOffset: number
  readonly producers: Json
  /** For each segment: base offset, when its first and its last batch were appended. */
  readonly appendedMs: readonly (readonly [baseOffset: number, first: number, last: number])[]
  /**
   * Acknowledged records that are missing from this offset on. Kept until a copy of them is there again, because what
   * has shown the damage, such as an entry of the journal, may not be read again.
   */
  readonly damage: { readonly file: string; readonly offset: number; readonly reason: string } | null
}

/** The state that the journal up to `replayFrom` amounts to. */
export interface Snapshot {
  readonly replayFrom: number
  readonly metadata: ReadonlyMap<string, Json>
  readonly logs: ReadonlyMap<number, LogSnapshot>
}

export const EMPTY_SNAPSHOT: Snapshot = { replayFrom: 1, metadata: new Map(), logs: new Map() }

/** Replaces the snapshot, atomically and durably. */
export async function writeSnapshot(storage: Storage, snapshot: Snapshot): Promise<void> {
  const body = JSON.stringify({
    replayFrom: snapshot.replayFrom,
    metadata: Object.fromEntries(snapshot.metadata),
    logs: Object.fromEntries(snapshot.logs),
  })
  const bytes = Buffer.from(body)
  const head = Buffer.from(`stoplog snapshot 1 ${hex(crc32c(bytes))}\n`)
  const file = await storage.open(`${SNAPSHOT_FILE}.new`, 'create')
  try {
    await file.write([head, bytes], 0)
    await file.truncate(head.length + bytes.length)
    await file.sync()
  } finally {
    await file.close()
  }
  await storage.rename(`${SNAPSHOT_FILE}.new`, SNAPSHOT_FILE)
  await storage.syncFolder('')
}

/** The last snapshot; an empty one when there is none. Throws E_DATA_DAMAGED when it cannot be trusted. */
export async function readSnapshot(storage: Storage): Promise<Snapshot> {
  const content = await storage.readFile(SNAPSHOT_FILE)
  if (content === null) return EMPTY_SNAPSHOT
  const checksum = MAGIC_LINE.exec(content.toString('latin1', 0, 64))?.[1]
  const bytes = content.subarray(content.indexOf(10) + 1)
  if (checksum === undefined || checksum !== hex(crc32c(bytes))) {
    throw new StoplogError('E_DATA_DAMAGED', 'the checksum of the snapshot is wrong', { where: SNAPSHOT_FILE })
  }
  const json = JSON.parse(bytes.toString('utf8')) as Json
  if (!isJsonObject(json)) throw new StoplogError('E_DATA_DAMAGED', 'no object', { where: SNAPSHOT_FILE })
  const { replayFrom, metadata, logs } = json
  return {
    replayFrom: Number(replayFrom),
    metadata: new Map(Object.entries(isJsonObject(metadata) ? metadata : {})),
    logs: new Map(Object.entries(isJsonObject(logs) ? logs : {}).map(([id, log]) => [Number(id), toLogSnapshot(log)])),
  }
}

function toLogSnapshot(json: Json): LogSnapshot {
  const { syncedOffset, producers, appendedMs, damage } = isJsonObject(json) ? json : {}
  const rows: readonly Json[] = Array.isArray(appendedMs) ? appendedMs : []
  return {
    syncedOffset: Number(syncedOffset ?? 0),
    producers: producers ?? [],
    appendedMs: rows.map((row) => {
      const [baseOffset = 0, first = 0, last = 0] = (Array.isArray(row) ? row : []).map(Number)
      return [baseOffset, first, last]
    }),
    damage: isJsonObject(damage) ? toDamage(damage) : null,
  }
}

function toDamage({ file, offset, reason }: JsonObject): LogSnapshot['damage'] {
  return {
    file: typeof file === 'string' ? file : '',
    offset: Number(offset ?? 0),
    reason: typeof reason === 'string' ? reason : '',
  }
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
