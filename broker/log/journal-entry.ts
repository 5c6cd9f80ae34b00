import { crc32c } from '../protocol/crc32c.ts'

/**
 * One entry of the journal, 32 bytes of header and its payload:
 *
 *   0 crc u32 | 4 payloadBytes u32 | 8 kind u8 | 9 reserved | 12 logId u32 | 16 sequence u64 | 24 durableBelow u64
 *
 * The CRC-32C covers the header from offset 4 and, of the payload, what nothing else protects: all of a metadata
 * entry; of a batch its first 21 bytes, because the batch's own checksum covers the rest and is itself among the 21.
 *
 * Files are used again, so behind the last entry lie older ones: the sequence tells them apart. `durableBelow` says
 * which entries were on the disk when this one was written. An entry that is damaged and below the `durableBelow` of a
 * later one was acknowledged; one that is not may have been torn by a loss of power and was promised to nobody.
 */
export const ENTRY_HEADER_BYTES = 32

export const ENTRY_KINDS = { batch: 1, metadata: 2 } as const
export type EntryKind = keyof typeof ENTRY_KINDS

const KIND_NAMES = new Map<number, EntryKind>([
  [ENTRY_KINDS.batch, 'batch'],
  [ENTRY_KINDS.metadata, 'metadata'],
])

/** Bytes of a batch that its own checksum does not cover, and that checksum. */
const BATCH_COVERED_BYTES = 21
const TWO_32 = 0x1_0000_0000

export interface JournalEntry {
  readonly kind: EntryKind
  /** The partition's log; 0 for metadata. */
  readonly logId: number
  readonly sequence: number
  readonly durableBelow: number
  readonly payload: Buffer
}

export function encodeEntryHeader(entry: JournalEntry): Buffer {
  const header = Buffer.alloc(ENTRY_HEADER_BYTES)
  header.writeUInt32BE(entry.payload.length, 4)
  header.writeUInt8(ENTRY_KINDS[entry.kind], 8)
  header.writeUInt32BE(entry.logId, 12)
  writeUint64(header, entry.sequence, 16)
  writeUint64(header, entry.durableBelow, 24)
  header.writeUInt32BE(checksum(header, entry.payload, entry.kind), 0)
  return header
}

/** The entry at `at`, or null when what stands there is no whole and undamaged entry. Payloads are views. */
export function decodeEntry(buffer: Buffer, at: number): JournalEntry | null {
  if (buffer.length - at < ENTRY_HEADER_BYTES) return null
  const payloadBytes = buffer.readUInt32BE(at + 4)
  const kind = KIND_NAMES.get(buffer.readUInt8(at + 8))
  const payloadAt = at + ENTRY_HEADER_BYTES
  if (kind === undefined || payloadBytes > buffer.length - payloadAt) return null
  const header = buffer.subarray(at, payloadAt)
  const payload = buffer.subarray(payloadAt, payloadAt + payloadBytes)
  if (header.readUInt32BE(0) !== checksum(header, payload, kind)) return null
  return {
    kind,
    logId: header.readUInt32BE(12),
    sequence: readUint64(header, 16),
    durableBelow: readUint64(header, 24),
    payload,
  }
}

function checksum(header: Buffer, payload: Buffer, kind: EntryKind): number {
  const covered = kind === 'batch' ? payload.subarray(0, BATCH_COVERED_BYTES) : payload
  // Two checksums folded into one: a change in either part changes the result.
  return (crc32c(header, 4, ENTRY_HEADER_BYTES) ^ rotate(crc32c(covered))) >>> 0
}

function rotate(value: number): number {
  return ((value << 1) | (value >>> 31)) >>> 0
}

function writeUint64(buffer: Buffer, value: number, at: number): void {
  const high = Math.floor(value / TWO_32)
  buffer.writeUInt32BE(high, at)
  buffer.writeUInt32BE(value - high * TWO_32, at + 4)
}

function readUint64(buffer: Buffer, at: number): number {
  return buffer.readUInt32BE(at) * TWO_32 + buffer.readUInt32BE(at + 4)
}
