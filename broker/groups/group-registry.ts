import type { Logger } from '../../schemas/runtime.ts'
import { metadataKey, type MetadataStore } from '../log/metadata-store.ts'
import type { WireErrorName } from '../protocol/error-codes.ts'
import { type Answer, type AnswerToken, joinRefusal, syncRefusal } from './answer.ts'
import type { GroupEffect } from './group-effect.ts'
import type { GroupEvent } from './group-event.ts'
import type { GroupOptions } from './group-options.ts'
import { createGroup, type Group, groupBytes, nextDeadlineMs } from './group.ts'
import type { Scheduler } from './scheduler.ts'
import { type GroupStep, settleLoadedGroup, stepGroup } from './step-group.ts'
import { decodeStoredGroup, encodeStoredGroup, toGroup } from './stored-group.ts'

export interface GroupRegistryContext {
  readonly store: MetadataStore
  readonly scheduler: Scheduler
  readonly logger: Logger
  readonly options: GroupOptions
}

type AnswerOf<K extends Answer['kind']> = Extract<Answer, { kind: K }>

interface Entry {
  readonly group: Group
  readonly nextDeadlineMs: number
  readonly bytes: number
}

const PREFIX = 'group/'

/** The key of a group's record. */
export function groupKey(groupId: string): string {
  return metadataKey('group', groupId)
}

/**
 * The one owner of all groups: steps them through events, carries out the effects, and wakes them when a deadline comes.
 * Everything happens in the turn in which it is asked for; only the disk is waited on.
 */
export class GroupRegistry {
  readonly #context: GroupRegistryContext
  readonly #entries = new Map<string, Entry>()
  readonly #parked = new Map<AnswerToken, (answer: Answer) => void>()
  #lastToken = 0
  #bytes = 0
  #isClosed = false
  #wake: { readonly atMs: number; readonly cancel: () => void } | null = null

  /** Takes up the groups of the store; throws E_DATA_DAMAGED when one cannot be read. */
  constructor(context: GroupRegistryContext) {
    this.#context = context
    const nowMs = context.scheduler.now()
    for (const [key, value] of Array.from(context.store.entries(PREFIX))) {
      const groupId = decodeURIComponent(key.slice(PREFIX.length))
      const group = toGroup(groupId, decodeStoredGroup(key, value), nowMs)
      this.#take(groupId, settleLoadedGroup(group, nowMs, context.options))
    }
  }

  get size(): number {
    return this.#entries.size
  }

  /** Bytes of all members of all groups. */
  get bytes(): number {
    return this.#bytes
  }

  get(groupId: string): Group | undefined {
    return this.#entries.get(groupId)?.group
  }

  all(): readonly Group[] {
    return [...this.#entries.values()].map(({ group }) => group)
  }

  /** Makes sure that there is such a group, for those that only hold offsets. */
  ensure(groupId: string): void {
    if (!this.#entries.has(groupId)) this.put(createGroup(groupId, this.#context.scheduler.now()))
  }

  put(group: Group): void {
    const previous = this.#entries.get(group.groupId)
    const entry: Entry = { group, nextDeadlineMs: nextDeadlineMs(group) ?? Infinity, bytes: groupBytes(group) }
    this.#entries.set(group.groupId, entry)
    this.#bytes += entry.bytes - (previous?.bytes ?? 0)
    this.#wakeAt(entry.nextDeadlineMs)
  }

  remove(groupId: string): void {
    this.#bytes -= this.#entries.get(groupId)?.bytes ?? 0
    this.#entries.delete(groupId)
  }

  /**
   * Resolves with the group's answer, however long that takes. When the signal aborts first, nobody is there to be
   * answered: resolves with null, while the group goes on as if nothing had happened, because it is the session that
   * ends a membership and not the connection. So it does after `close`.
   */
  ask<K extends Answer['kind']>(
    groupId: string,
    signal: AbortSignal,
    toEvent: (token: AnswerToken) => GroupEvent & { readonly kind: K },
  ): Promise<AnswerOf<K> | null> {
    if (this.#isClosed) return Promise.resolve(null)
    return new Promise((resolve) => {
      const token = this.#nextToken()
      const drop = (): void => {
        this.#parked.delete(token)
        resolve(null)
      }
      this.#parked.set(token, (answer) => {
        signal.removeEventListener('abort', drop)
        // An event is answered in kind: `join` with a join's answer, and so on.
        resolve(answer as AnswerOf<K>)
      })
      signal.addEventListener('abort', drop, { once: true })
      this.#step(groupId, toEvent(token))
      if (signal.aborted) drop()
    })
  }

  /** The group's verdict, at once. */
  decide(groupId: string, toEvent: (token: AnswerToken) => GroupEvent): WireErrorName {
    let error: WireErrorName = 'COORDINATOR_NOT_AVAILABLE'
    if (this.#isClosed) return error
    const token = this.#nextToken()
    this.#parked.set(token, (answer) => {
      error = answer.error
    })
    this.#step(groupId, toEvent(token))
    return error
  }

  /** Refuses everyone who waits, and lets no deadline come any more. */
  close(): void {
    this.#isClosed = true
    this.#wake?.cancel()
    for (const { group } of this.#entries.values()) {
      for (const { memberId, parkedJoin, parkedSync } of group.members.values()) {
        if (parkedJoin !== null) this.#answer(parkedJoin, joinRefusal('COORDINATOR_NOT_AVAILABLE', memberId))
        if (parkedSync !== null) this.#answer(parkedSync, syncRefusal('COORDINATOR_NOT_AVAILABLE'))
      }
    }
  }

  #nextToken(): AnswerToken {
    this.#lastToken += 1
    return this.#lastToken
  }

  #step(groupId: string, event: GroupEvent): void {
    const nowMs = this.#context.scheduler.now()
    const group = this.get(groupId) ?? createGroup(groupId, nowMs)
    this.#take(groupId, stepGroup(group, event, nowMs, this.#context.options))
  }

  #take(groupId: string, { group, effects }: GroupStep): void {
    // A request that was refused leaves no group behind.
    const isOfNobody = group.generationId === 0 && group.members.size === 0 && group.pendingMembers.size === 0
    if (this.#entries.has(groupId) || !isOfNobody) this.put(group)
    for (const effect of effects) this.#carryOut(groupId, effect)
  }

  #carryOut(groupId: string, effect: GroupEffect): void {
    if (effect.kind === 'answer') {
      this.#answer(effect.token, effect.answer)
      return
    }
    const { record, outcome } = effect
    const stored = (failed: boolean): void => this.#step(groupId, { kind: 'stored', outcome, failed })
    this.#context.store.write([{ key: groupKey(groupId), value: encodeStoredGroup(record) }]).then(
      () => stored(false),
      (error: unknown) => {
        this.#context.logger.error('a consumer group could not be stored', { groupId, error })
        stored(true)
      },
    )
  }

  #answer(token: AnswerToken, answer: Answer): void {
    const resolve = this.#parked.get(token)
    this.#parked.delete(token)
    resolve?.(answer)
  }

  #wakeAt(atMs: number): void {
    if (this.#isClosed || atMs >= (this.#wake?.atMs ?? Infinity)) return
    this.#wake?.cancel()
    this.#wake = { atMs, cancel: this.#context.scheduler.at(atMs, () => this.#tick()) }
  }

  /** Deadlines that were put off since the timer was set are found not to be due, and waited for again. */
  #tick(): void {
    this.#wake = null
    const nowMs = this.#context.scheduler.now()
    const due = [...this.#entries].filter(([, entry]) => entry.nextDeadlineMs <= nowMs)
    for (const [groupId] of due) this.#step(groupId, { kind: 'tick' })
    let next = Infinity
    for (const entry of this.#entries.values()) next = Math.min(next, entry.nextDeadlineMs)
    this.#wakeAt(next)
  }
}
