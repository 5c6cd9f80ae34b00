import { isJsonObject, type Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { StoreDefinition } from '../state/store.ts'

/** The event of a key that was let through last. */
export interface Mark {
  readonly timeMs: number
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /**
   * The last offsets that the task had seen by then, by `partitionKey`; its own partition is left out where it stood at
   * this event. They tell whether an event came before the mark or after it.
   */
  readonly seen: Readonly<Record<string, number>>
  /** The latest time let through by then. */
  readonly latestMs: number
  /** A deletion has passed since: the mark makes no duplicates, and stays only for what it says of the progress. */
  readonly deleted: boolean
}

/** Key of an input partition in `seen`. */
export function partitionKey({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`
}

/** In the changelog: `{ t: time, p: [topic, partition, offset] }`, with `s`, `l` and `d` where they say something. */
export const MARKS: StoreDefinition<Mark> = {
  name: 'dedupe',
  encode({ timeMs, topic, partition, offset, seen, latestMs, deleted }) {
    return {
      t: timeMs,
      p: [topic, partition, offset],
      ...(Object.keys(seen).length > 0 ? { s: seen } : {}),
      ...(latestMs === timeMs ? {} : { l: latestMs }),
      ...(deleted ? { d: true } : {}),
    }
  },
  decode(json) {
    if (isJsonObject(json)) {
      const { t, p, s, l, d } = json
      const [topic, partition, offset] = isList(p) ? p : []
      if (
        typeof t === 'number' &&
        typeof topic === 'string' &&
        typeof partition === 'number' &&
        typeof offset === 'number'
      ) {
        const latestMs = typeof l === 'number' ? l : t
        return { timeMs: t, topic, partition, offset, seen: toOffsets(s), latestMs, deleted: d === true }
      }
    }
    throw new StoplogError('E_STATE_FORMAT', 'the changelog of dedupe holds a record that is no mark of it')
  },
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json)
}

function toOffsets(json: Json | undefined): Readonly<Record<string, number>> {
  if (json === undefined || !isJsonObject(json)) return {}
  const entries = Object.entries(json).filter((entry): entry is [string, number] => typeof entry[1] === 'number')
  return Object.fromEntries(entries)
}
