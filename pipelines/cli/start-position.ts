import { StoplogError } from '../../schemas/stoplog-error.ts'
import { parseDuration } from '../../schemas/duration.ts'
import type { PartitionRange, TopicExtent, TopicReading } from '../runtime/topic-reading.ts'
import { usage } from './command-line.ts'

/** Where `--from` begins to read: an end, an offset of every partition, or a time. */
export type StartPosition =
  | { readonly kind: 'earliest' | 'latest' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'time'; readonly timeMs: number }

/** `earliest`, `latest`, `-1h`, `2026-01-31T12:00:00Z`, `2026-01-31`, or an offset. Throws E_USAGE. */
export function parseStart(text: string | undefined, nowMs: number): StartPosition {
  if (text === undefined || text === 'earliest') return { kind: 'earliest' }
  if (text === 'latest') return { kind: 'latest' }
  if (/^\d{1,15}$/.test(text)) return { kind: 'offset', offset: Number(text) }
  if (text.startsWith('-')) {
    try {
      return { kind: 'time', timeMs: nowMs - parseDuration(text.slice(1)) }
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
    }
  }
  const timeMs = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(timeMs)) return { kind: 'time', timeMs }
  const fix =
    'write earliest, latest, a time back such as -1h, a date or time such as 2026-01-31T12:00:00Z, or an offset'
  throw usage(`--from ${text} cannot be read`, fix)
}

/** What is to be read of each partition, from the start to where it ends now. */
export async function rangesFrom(
  start: StartPosition,
  topic: TopicExtent,
  reading: TopicReading,
): Promise<readonly PartitionRange[]> {
  const times = start.kind === 'time' ? await reading.offsetsAt(topic, start.timeMs) : []
  return topic.partitions.map(({ partition, startOffset, endOffset }, index) => {
    const wanted = {
      earliest: startOffset,
      latest: endOffset,
      offset: start.kind === 'offset' ? start.offset : 0,
      time: times[index] ?? endOffset,
    }[start.kind]
    const fromOffset = Math.min(Math.max(wanted, startOffset), endOffset)
    return { partition, fromOffset, toOffset: endOffset }
  })
}
