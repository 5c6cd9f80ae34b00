import { Admin } from '../../broker/client/admin.ts'
import type { TopicPartition } from '../../broker/client/consumer-protocol.ts'
import { GroupMember } from '../../broker/client/group-member.ts'
import { fetchOffsets } from '../../broker/client/group-offsets.ts'
import { GroupProgress } from './group-progress.ts'
import type { InputPosition } from './input-positions.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { Wakeup } from '../../broker/client/wakeup.ts'
import type { RunContext } from './run-context.ts'

/** What the group shares out partitions to. */
export interface GroupNode {
  readonly plan: { readonly name: string; readonly inputTopics: readonly string[] }
  assign(positions: readonly InputPosition[]): Promise<void>
  revoke(partitions: readonly TopicPartition[], isLost: boolean): Promise<void>
}

export interface NodeGroupOptions {
  readonly groupId: string
  /** Takes the place of a worker that was killed at once; null where several workers share the partitions. */
  readonly instanceId: string | null
  /**
   * Where a node begins in a partition of which the group knows nothing; `undecided`: at the beginning of an empty one,
   * while one that holds something needs a decision (E_START_REQUIRED).
   */
  startOf(node: string): 'earliest' | 'latest' | 'undecided' | number
}

/**
 * The membership of some nodes in their consumer group, and the one place from which the group's offsets are written.
 */
export class NodeGroup {
  readonly #context: RunContext
  readonly #options: NodeGroupOptions
  readonly #nodes: readonly GroupNode[]
  readonly #progress = new GroupProgress()
  readonly #member: GroupMember
  readonly #assigned = new Wakeup()
  #isAssigned = false

  constructor(context: RunContext, options: NodeGroupOptions, nodes: readonly GroupNode[]) {
    this.#context = context
    this.#options = options
    this.#nodes = nodes
    this.#member = new GroupMember(context.cluster, {
      groupId: options.groupId,
      instanceId: options.instanceId,
      topics: [...new Set(nodes.flatMap(({ plan }) => plan.inputTopics))],
      onAssigned: (partitions) => this.#assign(partitions),
      onRevoked: (partitions, isLost) => this.#revoke(partitions, isLost),
      onTrouble: context.trouble.of(options.groupId),
    })
  }

  /** Rejects when the group refuses us for good, or a node cannot begin. */
  run(): Promise<void> {
    return this.#member.run()
  }

  /** Resolves when the nodes have their partitions, and the group's offsets stand where they begin. */
  async ready(signal: AbortSignal): Promise<void> {
    while (!this.#isAssigned && !signal.aborted) await this.#assigned.wait(signal)
  }

  /** Moves the group's offsets for a node. */
  async commit(node: string, positions: readonly InputPosition[]): Promise<void> {
    await this.#member.commit(positions.map((position) => this.#progress.move(position, node)))
  }

  async close(): Promise<void> {
    await this.#member.close()
  }

  async #assign(partitions: readonly TopicPartition[]): Promise<void> {
    const { cluster } = this.#context
    const committed = await fetchOffsets(cluster, this.#options.groupId, partitions)
    for (const position of committed) {
      const readers = this.#nodes.filter(({ plan }) => plan.inputTopics.includes(position.topic))
      this.#progress.load(
        position,
        readers.map(({ plan }) => plan.name),
      )
    }
    for (const node of this.#nodes) {
      const own = partitions.filter(({ topic }) => node.plan.inputTopics.includes(topic))
      await node.assign(await this.#startPositions(node.plan.name, own))
    }
    this.#isAssigned = true
    this.#assigned.notify()
  }

  async #startPositions(node: string, partitions: readonly TopicPartition[]): Promise<readonly InputPosition[]> {
    const known = partitions.flatMap((partition) => {
      const offset = this.#progress.offsetOf(partition, node)
      return offset === undefined ? [] : [{ ...partition, offset }]
    })
    const unknown = partitions.filter((partition) => this.#progress.offsetOf(partition, node) === undefined)
    if (unknown.length === 0) return known
    const begun = await this.#begin(node, unknown)
    for (const position of begun) this.#progress.begin(position, node)
    // From now on the group is known to have begun, and where: a crash before its first event changes nothing of it.
    await this.#member.commit(begun.map((position) => this.#progress.move(position, node)))
    return [...known, ...begun]
  }

  async #begin(node: string, partitions: readonly TopicPartition[]): Promise<readonly InputPosition[]> {
    const admin = new Admin(this.#context.cluster)
    const start = this.#options.startOf(node)
    const ends = await admin.listOffsets(partitions, 'latest')
    const begun = await admin.listOffsets(partitions, start === 'undecided' ? 'earliest' : start)
    return begun.map((position) => {
      const isSame = (end: TopicPartition): boolean =>
        end.topic === position.topic && end.partition === position.partition
      const end = ends.find(isSame) ?? position
      if (start === 'undecided' && end.offset > position.offset) {
        const message = `${node} is new, but ${position.topic} holds ${end.offset - position.offset} older events`
        throw new StoplogError('E_START_REQUIRED', message, { where: node })
      }
      // No record is as late as the time that was asked for: begin at the end.
      return position.offset < 0 ? end : position
    })
  }

  async #revoke(partitions: readonly TopicPartition[], isLost: boolean): Promise<void> {
    for (const node of this.#nodes) {
      await node.revoke(
        partitions.filter(({ topic }) => node.plan.inputTopics.includes(topic)),
        isLost,
      )
    }
  }
}
