import { Admin, type PartitionOffset } from '../../broker/client/admin.ts'
import { fetchOffsets } from '../../broker/client/group-offsets.ts'
import type { Producer } from '../../broker/client/producer.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { TopicPlan } from '../graph/plan.ts'
import type { Positions } from './positions.ts'
import type { RunContext } from './run-context.ts'

/** Stands where a source's name would: no node can be called so. */
const OWNER = '_retention'
/** Marks in one time of retention: an event is kept by this part of it longer at most. */
const MARKS_PER_RETENTION = 24

/** Where the partitions of a topic ended at some time, by our clock: what lies before was appended before. */
export interface Mark {
  readonly atMs: number
  readonly ends: readonly number[]
}

/**
 * Deletes what every group of the document has settled and what is older than the node's retention. Age counts from
 * append, and a broker does not tell when that was; so where the topics end is noted from time to time, beside the
 * positions of the sources.
 */
export class RetentionKeeper {
  readonly #context: RunContext
  readonly #positions: Positions
  readonly #producer: Producer

  constructor(context: RunContext, positions: Positions, producer: Producer) {
    this.#context = context
    this.#positions = positions
    this.#producer = producer
  }

  /** Looks from time to time until the signal aborts. What fails is tried again the next time. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#context
    while (!signal.aborted) {
      await clock.sleep(PIPELINE_LIMITS.retentionCheckMs.default, signal).catch(() => undefined)
      if (signal.aborted) return
      try {
        await this.apply()
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        logger.warn('settled events could not be deleted', { pipeline: this.#context.plan.pipeline, reason })
      }
    }
  }

  async apply(): Promise<void> {
    for (const topic of this.#context.plan.topics) {
      if (topic.retentionMs !== null) await this.#applyTo(topic, topic.retentionMs)
    }
    await this.#producer.flush()
  }

  async #applyTo(topic: TopicPlan, retentionMs: number): Promise<void> {
    const { cluster, clock } = this.#context
    const admin = new Admin(cluster)
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }))
    const ends = await admin.listOffsets(partitions, 'latest')
    const known = toMarks(this.#positions.get(OWNER, topic.name))
    const { marks, due } = advanceMarks(known, toEnds(ends, topic.partitions), clock.now(), retentionMs)
    if (due !== null) {
      const settled = await this.#settled(topic, ends)
      const before = settled.map((position) => ({
        ...position,
        offset: Math.min(position.offset, due.ends[position.partition] ?? 0),
      }))
      const starts = await admin.listOffsets(partitions, 'earliest')
      const isBehind = (p: PartitionOffset): boolean =>
        p.offset > (starts.find((s) => s.partition === p.partition)?.offset ?? 0)
      await admin.deleteRecords(before.filter(isBehind))
    }
    if (marks === known) return
    const json: Json = marks.map(({ atMs, ends: offsets }) => [atMs, [...offsets]])
    this.#positions.write(this.#producer, OWNER, new Map([[topic.name, json]]))
  }

  /** Up to where all groups that read the topic have settled it; its end, where none does. */
  async #settled(topic: TopicPlan, ends: readonly PartitionOffset[]): Promise<readonly PartitionOffset[]> {
    let settled = ends
    for (const group of new Set(topic.readers.map((reader) => reader.group))) {
      const committed = await fetchOffsets(this.#context.cluster, group, ends)
      settled = settled.map((position) => {
        const offset = committed.find(({ partition }) => partition === position.partition)?.offset ?? 0
        return { ...position, offset: Math.min(position.offset, offset) }
      })
    }
    return settled
  }
}

/**
 * Adds a mark when it is time for one, and finds the last one that is as old as the retention: what lies before it may
 * go. Marks before that one say nothing any more.
 */
export function advanceMarks(
  known: readonly Mark[],
  ends: readonly number[],
  nowMs: number,
  retentionMs: number,
): { readonly marks: readonly Mark[]; readonly due: Mark | null } {
  const newest = known.at(-1)
  const isTime = newest === undefined || nowMs - newest.atMs >= retentionMs / MARKS_PER_RETENTION
  const marks = isTime ? [...known, { atMs: nowMs, ends }] : known
  const due = marks.findLast(({ atMs }) => nowMs - atMs >= retentionMs) ?? null
  return { marks: due === null || due === marks[0] ? marks : marks.slice(marks.indexOf(due)), due }
}

function toEnds(ends: readonly PartitionOffset[], partitions: number): readonly number[] {
  const offsets = Array.from({ length: partitions }, () => 0)
  for (const { partition, offset } of ends) offsets[partition] = offset
  return offsets
}

function toMarks(json: Json): readonly Mark[] {
  const rows: readonly Json[] = Array.isArray(json) ? json : []
  return rows.flatMap((row) => {
    if (isJsonObject(row) || !Array.isArray(row)) return []
    const [atMs, ends] = row as readonly Json[]
    return typeof atMs === 'number' && Array.isArray(ends) ? [{ atMs, ends: ends.map(Number) }] : []
  })
}
