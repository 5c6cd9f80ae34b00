import type { JoinAnswer, LeaveAnswer, SyncAnswer } from '../../broker/groups/answer.ts'
import { GroupCoordinator } from '../../broker/groups/group-coordinator.ts'
import type { JoinRequest } from '../../broker/groups/group-event.ts'
import type { CoordinatorOptions } from '../../broker/groups/group-options.ts'
import type { CommitRequest } from '../../broker/groups/offset-commits.ts'
import { joinRequest } from './group-driver.ts'
import { KeptLog } from './kept-log.ts'
import { ManualScheduler, settle } from './manual-scheduler.ts'
import { MemoryMetadataStore } from './memory-metadata-store.ts'

export interface SyncGiven {
  readonly memberId: string
  readonly generationId?: number
  readonly assignments?: Readonly<Record<string, string>>
}

/** A coordinator on a disk and a clock that a test moves; topic `t` has three partitions, `u` one. */
export class CoordinatorDriver {
  store = new MemoryMetadataStore()
  readonly scheduler = new ManualScheduler()
  readonly log = new KeptLog()
  readonly topics = new Map([
    ['t', 3],
    ['u', 1],
  ])
  readonly options: Partial<CoordinatorOptions>
  coordinator: GroupCoordinator
  #lastUniqueId = 0

  constructor(options: Partial<CoordinatorOptions> = {}) {
    this.options = { initialRebalanceDelayMs: 0, ...options }
    this.coordinator = this.#start()
  }

  #start(): GroupCoordinator {
    return new GroupCoordinator({
      store: this.store,
      scheduler: this.scheduler,
      logger: this.log,
      topics: { hasPartition: (topic, partition) => partition >= 0 && partition < (this.topics.get(topic) ?? 0) },
      options: this.options,
      uniqueId: () => {
        this.#lastUniqueId += 1
        return String(this.#lastUniqueId)
      },
    })
  }

  /** The process dies: only what was durable is left, and nobody of before is answered. */
  crash(): void {
    this.coordinator.close()
    this.store = this.store.crash()
    this.coordinator = this.#start()
  }

  join(groupId: string, changes: Partial<JoinRequest> = {}, signal = never()): Promise<JoinAnswer | null> {
    return this.coordinator.join(groupId, joinRequest(changes), signal)
  }

  sync(groupId: string, given: SyncGiven, signal = never()): Promise<SyncAnswer | null> {
    const assignments = Object.entries(given.assignments ?? {}).map(([id, text]) => [id, Buffer.from(text)] as const)
    const request = {
      memberId: given.memberId,
      generationId: given.generationId ?? 1,
      groupInstanceId: null,
      protocolType: null,
      protocolName: null,
      assignments: new Map(assignments),
    }
    return this.coordinator.sync(groupId, request, signal)
  }

  leave(groupId: string, memberId: string): Promise<LeaveAnswer | null> {
    return this.coordinator.leave(groupId, [{ memberId, groupInstanceId: null }], never())
  }

  /** Members by client id, stable; the first one leads. */
  async stable(groupId: string, ...names: readonly string[]): Promise<string[]> {
    const joining = names.map((clientId) => this.join(groupId, { clientId }))
    await this.scheduler.advance(0)
    const ids = (await Promise.all(joining)).map((answer) => answer?.memberId ?? '')
    const assignments = Object.fromEntries(ids.map((id) => [id, id]))
    const generationId = this.coordinator.group(groupId)?.generationId ?? -1
    await Promise.all(ids.map((memberId) => this.sync(groupId, { memberId, generationId, assignments })))
    return ids
  }

  /** Commits one offset and gives its error. */
  async commit(groupId: string, offset: number, changes: Partial<CommitRequest> & CommitPlace = {}): Promise<string> {
    const { topic = 't', partition = 0, metadata = null, ...rest } = changes
    const results = await this.coordinator.commitOffsets(groupId, {
      memberId: '',
      groupInstanceId: null,
      generationId: -1,
      retentionMs: null,
      namesMissingGroup: true,
      topics: [{ topic, partitions: [{ partition, offset, leaderEpoch: -1, metadata }] }],
      ...rest,
    })
    return results[0]?.partitions[0]?.error ?? 'nothing'
  }

  committed(groupId: string, topic = 't', partition = 0): number | null {
    const [fetched] = this.coordinator.fetchOffsets(groupId, [{ topic, partitions: [partition] }])
    return fetched?.partitions[0]?.committed?.offset ?? null
  }
}

interface CommitPlace {
  readonly topic?: string
  readonly partition?: number
  readonly metadata?: string | null
}

/** The signal of a connection that stays. */
export function never(): AbortSignal {
  return new AbortController().signal
}

/** What a promise has come to by now. */
export async function outcomeOf<T>(promise: Promise<T>): Promise<T | 'waiting'> {
  await settle()
  return Promise.race([promise, Promise.resolve('waiting' as const)])
}
