import { wireErrorName, type WireErrorName } from '../protocol/error-codes.ts'
import { heartbeat } from '../protocol/messages/heartbeat.ts'
import { joinGroup } from '../protocol/messages/join-group.ts'
import { leaveGroup } from '../protocol/messages/leave-group.ts'
import { syncGroup } from '../protocol/messages/sync-group.ts'
import type { ResponseOf } from '../protocol/api.ts'
import { Backoff } from './backoff.ts'
import { isRetriable, WireFailure } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  type TopicPartition,
} from './consumer-protocol.ts'
import { type CommittedPosition, commitOffsets, type CommitMember } from './group-offsets.ts'
import { assignRange } from './range-assignor.ts'

export interface GroupMemberOptions {
  readonly groupId: string
  readonly topics: readonly string[]
  /** A member that comes back under the same instance id takes its place again at once (KIP-345). */
  readonly instanceId?: string | null
  readonly sessionTimeoutMs?: number
  readonly rebalanceTimeoutMs?: number
  readonly heartbeatIntervalMs?: number
  /** Called with all partitions of the member, after each rebalance. */
  onAssigned(partitions: readonly TopicPartition[]): Promise<void>
  /**
   * Called before the partitions are given back: commit what is done. With `isLost` they belong to somebody else
   * already, and commits are refused.
   */
  onRevoked(partitions: readonly TopicPartition[], isLost: boolean): Promise<void>
  /** Told about every failed attempt. */
  onTrouble?(error: Error): void
}

/** Errors after which the member joins anew as somebody else. */
const FORGOTTEN: readonly WireErrorName[] = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']
/** Errors that say that the group is busy: join (again) without further ado. */
const REJOIN: readonly WireErrorName[] = ['REBALANCE_IN_PROGRESS', 'MEMBER_ID_REQUIRED']

/**
 * Takes part in a consumer group by the classic protocol, as Kafka's consumers do: joins, shares out the partitions
 * when it is the leader, keeps its session alive, and gives everything back before each rebalance (eager). The
 * partitions it owns are in the subscription, as cooperative rebalancing will need.
 */
export class GroupMember {
  readonly #cluster: Cluster
  readonly #options: Required<Omit<GroupMemberOptions, 'onTrouble'>> & Pick<GroupMemberOptions, 'onTrouble'>
  readonly #closed = new AbortController()
  #member: CommitMember
  #assigned: readonly TopicPartition[] = []
  #running: Promise<void> | null = null

  constructor(cluster: Cluster, options: GroupMemberOptions) {
    this.#cluster = cluster
    this.#options = {
      instanceId: null,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      heartbeatIntervalMs: 3_000,
      ...options,
    }
    this.#member = { generationId: -1, memberId: '', groupInstanceId: this.#options.instanceId }
  }

  /** Joins and stays until `close`. Rejects when the group refuses us for good, or one of the callbacks fails. */
  run(): Promise<void> {
    this.#running ??= this.#run()
    return this.#running
  }

  /** Stores where the group has got to. Rejects with a WireFailure when the partitions are no longer ours. */
  async commit(positions: readonly CommittedPosition[]): Promise<void> {
    await commitOffsets(this.#cluster, this.#options.groupId, positions, this.#member)
  }

  /** Gives everything back and leaves; a member with an instance id is expected back and only stays away. */
  async close(): Promise<void> {
    this.#closed.abort()
    await this.#running?.catch(() => undefined)
  }

  async #run(): Promise<void> {
    const backoff = new Backoff(this.#cluster.clock)
    try {
      while (!this.#closed.signal.aborted) {
        try {
          await this.#joinAndAssign()
          backoff.reset()
          const reason = await this.#heartbeatUntilRebalance()
          await this.#revoke(FORGOTTEN.includes(reason))
          if (FORGOTTEN.includes(reason)) this.#forgetMember()
        } catch (error) {
          await this.#recover(error, backoff)
        }
      }
    } finally {
      await this.#leave()
    }
  }

  /** Throws when it is no use to go on. */
  async #recover(thrown: unknown, backoff: Backoff): Promise<void> {
    if (this.#closed.signal.aborted) return
    const name = thrown instanceof WireFailure ? thrown.error : null
    if (name !== null && FORGOTTEN.includes(name)) {
      await this.#revoke(true)
      this.#forgetMember()
      return
    }
    if (name !== null && REJOIN.includes(name)) return
    if (!isRetriable(thrown)) throw thrown
    this.#options.onTrouble?.(thrown instanceof Error ? thrown : new Error(String(thrown)))
    await backoff.wait(this.#closed.signal).catch(() => undefined)
  }

  async #joinAndAssign(): Promise<void> {
    const { groupId } = this.#options
    const joined = await this.#join()
    const isLeader = joined.leader === joined.memberId
    const connection = await this.#cluster.coordinator(groupId, `group/${groupId}`)
    const synced = await connection.send(syncGroup, {
      ...this.#identity(),
      protocolType: 'consumer',
      protocolName: joined.protocolName,
      assignments: isLeader && !joined.skipAssignment ? await this.#shareOut(joined) : [],
    })
    this.#expect(synced.errorCode, 'sync')
    this.#assigned = decodeAssignment(synced.assignment)
    await this.#options.onAssigned(this.#assigned)
  }

  async #join(): Promise<ResponseOf<typeof joinGroup>> {
    const { groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs, instanceId } = this.#options
    const connection = await this.#cluster.coordinator(groupId, `group/${groupId}`)
    const answer = await connection.send(
      joinGroup,
      {
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        memberId: this.#member.memberId,
        groupInstanceId: instanceId,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: encodeSubscription(topics, this.#assigned) }],
      },
      { timeoutMs: rebalanceTimeoutMs + 30_000 },
    )
    if (wireErrorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') {
      this.#member = { ...this.#member, memberId: answer.memberId }
      return this.#join()
    }
    this.#expect(answer.errorCode, 'join')
    this.#member = { ...this.#member, memberId: answer.memberId, generationId: answer.generationId }
    return answer
  }

  /** The leader's part: everybody's assignment, by the range of each topic. */
  async #shareOut(joined: ResponseOf<typeof joinGroup>): Promise<{ memberId: string; assignment: Buffer }[]> {
    const subscribers = joined.members.map(({ memberId, metadata }) => ({
      memberId,
      topics: decodeSubscription(metadata).topics,
    }))
    const partitionsOf = new Map<string, number>()
    for (const topic of new Set(subscribers.flatMap(({ topics }) => topics))) {
      partitionsOf.set(topic, await this.#cluster.partitionsOf(topic))
    }
    const assigned = assignRange(subscribers, partitionsOf)
    return [...assigned].map(([memberId, partitions]) => ({ memberId, assignment: encodeAssignment(partitions) }))
  }

  /** Resolves with the reason for which the member has to join again. */
  async #heartbeatUntilRebalance(): Promise<WireErrorName> {
    const { groupId, heartbeatIntervalMs } = this.#options
    const backoff = new Backoff(this.#cluster.clock)
    while (!this.#closed.signal.aborted) {
      await this.#cluster.clock.sleep(heartbeatIntervalMs, this.#closed.signal).catch(() => undefined)
      if (this.#closed.signal.aborted) break
      try {
        const connection = await this.#cluster.coordinator(groupId, `group/${groupId}`)
        const { errorCode } = await connection.send(heartbeat, this.#identity())
        const error = wireErrorName(errorCode)
        if (REJOIN.includes(error) || FORGOTTEN.includes(error)) return error
        this.#expect(errorCode, 'heartbeat')
        backoff.reset()
      } catch (error) {
        await this.#recover(error, backoff)
      }
    }
    return 'NONE'
  }

  async #revoke(isLost: boolean): Promise<void> {
    const revoked = this.#assigned
    this.#assigned = []
    if (revoked.length > 0) await this.#options.onRevoked(revoked, isLost)
  }

  #forgetMember(): void {
    this.#member = { ...this.#member, generationId: -1, memberId: '' }
  }

  async #leave(): Promise<void> {
    await this.#revoke(false)
    const { groupId, instanceId } = this.#options
    const { memberId } = this.#member
    if (memberId === '' || instanceId !== null) return
    try {
      const connection = await this.#cluster.coordinator(groupId, `group/${groupId}`)
      await connection.send(leaveGroup, { groupId, memberId, members: [{ memberId, groupInstanceId: null }] })
    } catch (error) {
      // The session ends by itself; the others only wait a little longer.
      this.#options.onTrouble?.(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #identity(): { groupId: string; generationId: number; memberId: string; groupInstanceId: string | null } {
    return { groupId: this.#options.groupId, ...this.#member }
  }

  #expect(errorCode: number, what: string): void {
    const error = wireErrorName(errorCode)
    if (error !== 'NONE') throw new WireFailure(error, `${what} of group ${this.#options.groupId}`)
  }
}
