import { randomUUID } from 'node:crypto'
import type { Logger } from '../../schemas/runtime.ts'
import type { MetadataStore } from '../log/metadata-store.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'
import { type JoinAnswer, joinRefusal, type LeaveAnswer, type SyncAnswer, syncRefusal } from './answer.ts'
import { CommittedOffsets } from './committed-offsets.ts'
import { createGroupCleaner } from './group-cleaner.ts'
import { deleteGroup } from './group-deletion.ts'
import type { HeartbeatRequest, JoinRequest, MemberIdentity, SyncRequest } from './group-event.ts'
import { type CoordinatorOptions, DEFAULT_COORDINATOR_OPTIONS } from './group-options.ts'
import { GroupRegistry } from './group-registry.ts'
import { type Group, protocolBytes } from './group.ts'
import { type CommitRequest, commitOffsets, type TopicResult } from './offset-commits.ts'
import { deleteOffsets, type OffsetDeletion, type TopicPartitions } from './offset-deletion.ts'
import { type FetchedTopic, fetchOffsets } from './offset-fetch.ts'
import type { Scheduler } from './scheduler.ts'
import type { TopicDirectory } from './topic-directory.ts'

export interface GroupCoordinatorContext {
  readonly store: MetadataStore
  readonly scheduler: Scheduler
  readonly logger: Logger
  readonly topics: TopicDirectory
  /** Left out: Kafka's defaults. */
  readonly options?: Partial<CoordinatorOptions>
  /** Random text for member ids. Left out: UUIDs. */
  readonly uniqueId?: () => string
}

/**
 * Kafka's classic group coordinator on one broker: membership (`groups`), committed offsets, and the cleaning of both.
 * Requests take effect in the turn in which they come. An answer that promises something is given when that is durable.
 * An empty group id is refused where Kafka refuses it: for membership, not for offsets.
 */
export class GroupCoordinator {
  readonly #registry: GroupRegistry
  readonly #offsets: CommittedOffsets
  readonly #context: GroupCoordinatorContext
  readonly #options: CoordinatorOptions
  readonly #uniqueId: () => string
  readonly #stopCleaning: () => void

  /** Takes up groups and offsets from the store; throws E_DATA_DAMAGED when they cannot be read. */
  constructor(context: GroupCoordinatorContext) {
    this.#context = context
    this.#options = { ...DEFAULT_COORDINATOR_OPTIONS, ...context.options }
    this.#uniqueId = context.uniqueId ?? randomUUID
    this.#registry = new GroupRegistry({ ...context, options: this.#options })
    this.#offsets = new CommittedOffsets(context.store)
    for (const groupId of this.#offsets.groupIds()) this.#registry.ensure(groupId)
    this.#stopCleaning = createGroupCleaner(
      { ...context, registry: this.#registry, offsets: this.#offsets },
      this.#options,
    )
  }

  /** Resolves with null when the signal aborts before the answer; the member stays until its session ends. */
  join(groupId: string, request: Omit<JoinRequest, 'uniqueId'>, signal: AbortSignal): Promise<JoinAnswer | null> {
    const refusal = this.#refusalOfJoin(groupId, request)
    if (refusal !== null) return Promise.resolve(joinRefusal(refusal, request.memberId))
    // Bytes of a request are a view into what the socket gave; what stays is copied, so that the rest is not kept too.
    const protocols = request.protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }))
    const join = { ...request, protocols, uniqueId: this.#uniqueId() }
    return this.#registry.ask(groupId, signal, (token) => ({ kind: 'join', token, request: join }))
  }

  #refusalOfJoin(groupId: string, request: Omit<JoinRequest, 'uniqueId'>): WireErrorName | null {
    if (groupId === '') return 'INVALID_GROUP_ID'
    const registry = this.#registry
    if (registry.get(groupId) === undefined && registry.size >= this.#options.maxGroups) return 'POLICY_VIOLATION'
    const bytes = registry.bytes + protocolBytes(request.protocols)
    return bytes > this.#options.maxAllGroupsBytes ? 'GROUP_MAX_SIZE_REACHED' : null
  }

  /** As `join`. */
  sync(groupId: string, request: SyncRequest, signal: AbortSignal): Promise<SyncAnswer | null> {
    if (groupId === '') return Promise.resolve(syncRefusal('INVALID_GROUP_ID'))
    const copies = [...request.assignments].map(([memberId, bytes]) => [memberId, Buffer.from(bytes)] as const)
    const sync = { ...request, assignments: new Map(copies) }
    return this.#registry.ask(groupId, signal, (token) => ({ kind: 'sync', token, request: sync }))
  }

  heartbeat(groupId: string, request: HeartbeatRequest): WireErrorName {
    if (groupId === '') return 'INVALID_GROUP_ID'
    return this.#registry.decide(groupId, (token) => ({ kind: 'heartbeat', token, request }))
  }

  /** As `join`; the answer waits for the disk only when nobody is left. */
  leave(groupId: string, members: readonly MemberIdentity[], signal: AbortSignal): Promise<LeaveAnswer | null> {
    if (groupId === '') return Promise.resolve({ kind: 'leave', error: 'INVALID_GROUP_ID', members: [] })
    return this.#registry.ask(groupId, signal, (token) => ({ kind: 'leave', token, members }))
  }

  /** Resolves when everything that is answered with NONE is durable. */
  commitOffsets(groupId: string, request: CommitRequest): Promise<readonly TopicResult[]> {
    const rules = {
      maxMetadataLength: this.#options.maxOffsetMetadataLength,
      maxOffsets: this.#options.maxCommittedOffsets,
      hasPartition: (topic: string, partition: number) => this.#context.topics.hasPartition(topic, partition),
      admit: () => this.#admitCommit(groupId, request),
    }
    return commitOffsets(this.#offsets, rules, groupId, request, this.#context.scheduler.now())
  }

  #admitCommit(groupId: string, request: CommitRequest): WireErrorName {
    if (this.#registry.get(groupId) === undefined) {
      if (request.generationId >= 0) return request.namesMissingGroup ? 'GROUP_ID_NOT_FOUND' : 'ILLEGAL_GENERATION'
      if (this.#registry.size >= this.#options.maxGroups) return 'POLICY_VIOLATION'
      this.#registry.ensure(groupId)
    }
    return this.#registry.decide(groupId, (token) => ({ kind: 'commit', token, request }))
  }

  /** Durable offsets of the partitions asked for, or of all with null; null where there is none. */
  fetchOffsets(groupId: string, topics: readonly TopicPartitions[] | null): readonly FetchedTopic[] {
    return fetchOffsets(this.#offsets, groupId, topics)
  }

  /** All groups, the ones that only hold offsets too. */
  groups(): readonly Group[] {
    return this.#registry.all()
  }

  group(groupId: string): Group | undefined {
    return this.#registry.get(groupId)
  }

  /** Removes an empty group with its offsets; resolves when that is durable. */
  deleteGroup(groupId: string): Promise<WireErrorName> {
    return deleteGroup(this.#registry, this.#offsets, groupId)
  }

  /** Removes offsets of topics that the group does not read at present; resolves when that is durable. */
  deleteOffsets(groupId: string, topics: readonly TopicPartitions[]): Promise<OffsetDeletion> {
    if (groupId === '') return Promise.resolve({ error: 'INVALID_GROUP_ID', topics: [] })
    return deleteOffsets(this.#offsets, this.#context.topics, this.#registry.get(groupId), topics)
  }

  /**
   * Removes what all groups committed for a topic; resolves when that is durable. To be called in the turn in which the
   * topic stops being known, before its own removal is written: offsets that outlive their topic would send the readers
   * of the next one of that name to a place that means nothing there.
   */
  async topicDeleted(topic: string): Promise<void> {
    const removal = this.#offsets.removalOfTopic(topic)
    if (removal.length > 0) await this.#offsets.write(removal)
  }

  /** Ends all waiting; nothing is accepted afterwards. */
  close(): void {
    this.#stopCleaning()
    this.#registry.close()
  }
}
