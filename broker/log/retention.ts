import type { PartitionLog } from './partition-log.ts'

/**
 * The offset before which a log's records may go: whole segments that were last appended to too long ago, and the
 * oldest ones while the log is larger than it may be. Age counts from append, by our own clock: an old report that
 * arrives today is kept as long as one of today. The segment that is written to stays while it is young enough.
 */
export function retentionOffset(log: PartitionLog, nowMs: number): number {
  const { retentionMs, retentionBytes } = log.config
  let offset = log.startOffset
  let sizeBytes = log.sizeBytes
  for (const segment of log.segments) {
    const isOld = nowMs - segment.lastAppendedMs > retentionMs
    const isTooMuch = sizeBytes - segment.sizeBytes >= retentionBytes
    if (segment.sizeBytes === 0 || !(isOld || isTooMuch)) break
    offset = Math.max(offset, segment.nextOffset)
    sizeBytes -= segment.sizeBytes
  }
  return Math.min(offset, log.highWatermark)
}
