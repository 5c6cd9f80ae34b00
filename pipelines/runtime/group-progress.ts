import type { CommittedPosition } from '../../broker/client/group-offsets.ts'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import type { InputPosition } from './input-positions.ts'

/**
 * What a group has committed where several nodes read the same topic: the offset is that of the node that is furthest
 * behind, and the text beside it says how far the others are. So a node that has stopped holds back nobody, and after a
 * restart each goes on where it was. Invariant 5.
 */
export class GroupProgress {
  readonly #byPartition = new Map<string, Map<string, number>>()

  /** Takes up what was committed, for the nodes that read the partition. */
  load(committed: CommittedPosition, nodes: readonly string[]): void {
    const beside = parseBeside(committed.metadata)
    const offsets = new Map(
      nodes.map((node) => [node, Math.max(beside.get(node) ?? committed.offset, committed.offset)]),
    )
    this.#byPartition.set(nameOf(committed), offsets)
  }

  offsetOf(position: Omit<InputPosition, 'offset'>, node: string): number | undefined {
    return this.#byPartition.get(nameOf(position))?.get(node)
  }

  /** Notes where a node is; returns what the group has to commit for the partition. */
  move(position: InputPosition, node: string): CommittedPosition {
    const offsets = this.#byPartition.get(nameOf(position)) ?? new Map<string, number>()
    offsets.set(node, position.offset)
    this.#byPartition.set(nameOf(position), offsets)
    const offset = Math.min(...offsets.values())
    const ahead = [...offsets].filter(([, other]) => other > offset)
    return { ...position, offset, metadata: ahead.length === 0 ? '' : JSON.stringify(Object.fromEntries(ahead)) }
  }

  /** A node that reads the partition from here on, where the group knows nothing of it yet. */
  begin(position: InputPosition, node: string): void {
    const offsets = this.#byPartition.get(nameOf(position)) ?? new Map<string, number>()
    if (!offsets.has(node)) offsets.set(node, position.offset)
    this.#byPartition.set(nameOf(position), offsets)
  }
}

function parseBeside(metadata: string): ReadonlyMap<string, number> {
  if (metadata === '') return new Map()
  let json: Json
  try {
    json = JSON.parse(metadata) as Json
  } catch {
    // Not ours: somebody has set the group's offsets by hand.
    return new Map()
  }
  const entries = Object.entries(isJsonObject(json) ? json : {})
  return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}

function nameOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}-${partition}`
}
