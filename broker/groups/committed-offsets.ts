import { metadataKey, type MetadataChange, type MetadataStore } from '../log/metadata-store.ts'
import { type CommittedOffset, decodeCommittedOffset, encodeCommittedOffset } from './committed-offset.ts'

export interface OffsetChange {
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  /** Null removes the offset. */
  readonly value: CommittedOffset | null
}

interface Slot {
  /** What readers see. */
  durable: CommittedOffset | null
  /** Writes that are on their way to the disk. */
  inFlight: number
}

const PREFIX = 'offset/'

/**
 * The committed offsets of all groups. A commit is seen by readers when it is durable and not before, so that nobody
 * starts from a position that a crash takes back. Writes take effect in the order in which they were asked for.
 */
export class CommittedOffsets {
  readonly #store: MetadataStore
  /** group → topic → partition */
  readonly #slots = new Map<string, Map<string, Map<number, Slot>>>()
  #size = 0
  /** Settles when everything asked for so far has taken effect or failed. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(store: MetadataStore) {
    this.#store = store
    for (const [key, value] of store.entries(PREFIX)) {
      const [groupId = '', topic = '', partition = ''] = key.slice(PREFIX.length).split('/').map(decodeURIComponent)
      this.#claim({ groupId, topic, partition: Number(partition) }).durable = decodeCommittedOffset(key, value)
    }
  }

  /** Offsets of all groups, those on their way to the disk included. */
  get size(): number {
    return this.#size
  }

  groupIds(): Iterable<string> {
    return this.#slots.keys()
  }

  has(groupId: string, topic: string, partition: number): boolean {
    return this.#slots.get(groupId)?.get(topic)?.has(partition) ?? false
  }

  /** Offsets of a group, those on their way to the disk included. */
  countOf(groupId: string): number {
    let count = 0
    for (const partitions of this.#slots.get(groupId)?.values() ?? []) count += partitions.size
    return count
  }

  get(groupId: string, topic: string, partition: number): CommittedOffset | null {
    return this.#slots.get(groupId)?.get(topic)?.get(partition)?.durable ?? null
  }

  /** All durable offsets of a group. */
  *ofGroup(groupId: string): Iterable<Readonly<{ topic: string; partition: number; committed: CommittedOffset }>> {
    for (const [topic, partitions] of this.#slots.get(groupId) ?? []) {
      for (const [partition, { durable }] of partitions) {
        if (durable !== null) yield { topic, partition, committed: durable }
      }
    }
  }

  /** What removes everything a group has committed, or is just committing. */
  removalOfGroup(groupId: string): readonly OffsetChange[] {
    return [...(this.#slots.get(groupId) ?? [])].flatMap(([topic, partitions]) =>
      [...partitions.keys()].map((partition) => ({ groupId, topic, partition, value: null })),
    )
  }

  /** What removes a topic from all groups. */
  removalOfTopic(topic: string): readonly OffsetChange[] {
    return [...this.#slots].flatMap(([groupId, topics]) =>
      [...(topics.get(topic)?.keys() ?? [])].map((partition) => ({ groupId, topic, partition, value: null })),
    )
  }

  /**
   * Resolves when the changes are durable, together with `others`. Rejects when they could not be made so; readers then
   * see what they saw before.
   */
  write(changes: readonly OffsetChange[], others: readonly MetadataChange[] = []): Promise<void> {
    for (const change of changes) this.#claim(change).inFlight += 1
    const written = this.#store.write([...changes.map(toMetadataChange), ...others])
    const settled = Promise.allSettled([this.#last, written]).then(([, result]) => {
      for (const change of changes) this.#settle(change, result.status === 'fulfilled')
      if (result.status === 'rejected') throw result.reason
    })
    this.#last = settled.catch(() => undefined)
    return settled
  }

  #claim({ groupId, topic, partition }: Omit<OffsetChange, 'value'>): Slot {
    const topics = this.#slots.get(groupId) ?? new Map<string, Map<number, Slot>>()
    const partitions = topics.get(topic) ?? new Map<number, Slot>()
    const slot = partitions.get(partition) ?? { durable: null, inFlight: 0 }
    if (!partitions.has(partition)) this.#size += 1
    this.#slots.set(groupId, topics.set(topic, partitions.set(partition, slot)))
    return slot
  }

  #settle(change: OffsetChange, isDurable: boolean): void {
    const slot = this.#claim(change)
    slot.inFlight -= 1
    if (isDurable) slot.durable = change.value
    if (slot.inFlight === 0 && slot.durable === null) this.#release(change)
  }

  #release({ groupId, topic, partition }: OffsetChange): void {
    const topics = this.#slots.get(groupId)
    const partitions = topics?.get(topic)
    if (partitions?.delete(partition) === true) this.#size -= 1
    if (partitions?.size === 0) topics?.delete(topic)
    if (topics?.size === 0) this.#slots.delete(groupId)
  }
}

function toMetadataChange({ groupId, topic, partition, value }: OffsetChange): MetadataChange {
  const key = metadataKey('offset', groupId, topic, String(partition))
  return { key, value: value === null ? null : encodeCommittedOffset(value) }
}
