import type { TopicPartition } from '../../broker/client/consumer-protocol.ts'

/** Offsets by topic and partition. */
export interface InputPosition extends TopicPartition {
  readonly offset: number
}

/** Where a node has got to in the partitions that it owns: what is settled in memory, and what of it is committed. */
export class InputPositions {
  readonly #settled = new Map<string, InputPosition>()
  readonly #committed = new Map<string, number>()

  /** Begins at a committed offset, or at the start of a partition. */
  begin(position: InputPosition): void {
    this.#settled.set(nameOf(position), position)
    this.#committed.set(nameOf(position), position.offset)
  }

  forget(partition: TopicPartition): void {
    this.#settled.delete(nameOf(partition))
    this.#committed.delete(nameOf(partition))
  }

  offsetOf(partition: TopicPartition): number | undefined {
    return this.#settled.get(nameOf(partition))?.offset
  }

  /** Up to where each partition is committed. */
  committed(): readonly InputPosition[] {
    return this.owned().map((at) => ({ ...at, offset: this.#committed.get(nameOf(at)) ?? at.offset }))
  }

  /** Everything before the offset is settled: written, or put where it belongs. */
  settle(position: InputPosition): void {
    this.#settled.set(nameOf(position), position)
  }

  /** Positions that have moved since they were committed. */
  uncommitted(): readonly InputPosition[] {
    return [...this.#settled.values()].filter((position) => this.#committed.get(nameOf(position)) !== position.offset)
  }

  markCommitted(positions: readonly InputPosition[]): void {
    for (const position of positions) {
      if (this.#committed.has(nameOf(position))) this.#committed.set(nameOf(position), position.offset)
    }
  }

  owned(): readonly InputPosition[] {
    return [...this.#settled.values()]
  }
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
