import type { Answer, JoinAnswer, LeaveAnswer, SyncAnswer } from '../../broker/groups/answer.ts'
import type { GroupEffect } from '../../broker/groups/group-effect.ts'
import type { CommitIdentity, GroupEvent, JoinRequest, MemberIdentity } from '../../broker/groups/group-event.ts'
import { DEFAULT_COORDINATOR_OPTIONS, type GroupOptions } from '../../broker/groups/group-options.ts'
import { createGroup, type Group, nextDeadlineMs } from '../../broker/groups/group.ts'
import { stepGroup } from '../../broker/groups/step-group.ts'

type StoreEffect = Extract<GroupEffect, { kind: 'store' }>

/** Names and metadata of protocols: `{ range: 'a,b' }`. */
export function protocols(offered: Readonly<Record<string, string>>): JoinRequest['protocols'] {
  return Object.entries(offered).map(([name, metadata]) => ({ name, metadata: Buffer.from(metadata) }))
}

let lastUniqueId = 0

/** A JoinGroup of a new dynamic member, in a version that does not ask for a member id first. */
export function joinRequest(changes: Partial<JoinRequest> = {}): JoinRequest {
  lastUniqueId += 1
  return {
    memberId: '',
    groupInstanceId: null,
    clientId: 'client',
    clientHost: '127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 60_000,
    protocolType: 'consumer',
    protocols: protocols({ range: 'topics' }),
    memberIdRequired: false,
    canSkipAssignment: false,
    uniqueId: String(lastUniqueId),
    ...changes,
  }
}

/** Drives one group by hand: gives it events, moves its time, and keeps what it answers and wants stored. */
export class GroupDriver {
  group: Group
  nowMs = 1_000_000
  readonly options: GroupOptions
  readonly answers = new Map<number, Answer>()
  /** Store effects that have neither been carried out nor failed. */
  readonly stores: StoreEffect[] = []
  #lastToken = 0

  constructor(options: Partial<GroupOptions> = {}, group: Group = createGroup('g', 1_000_000)) {
    this.options = { ...DEFAULT_COORDINATOR_OPTIONS, initialRebalanceDelayMs: 0, ...options }
    this.group = group
  }

  send(event: GroupEvent): void {
    const { group, effects } = stepGroup(this.group, event, this.nowMs, this.options)
    this.group = group
    for (const effect of effects) {
      if (effect.kind === 'store') this.stores.push(effect)
      else {
        if (this.answers.has(effect.token)) throw new Error(`token ${effect.token} was answered twice`)
        this.answers.set(effect.token, effect.answer)
      }
    }
  }

  ask(toEvent: (token: number) => GroupEvent): number {
    this.#lastToken += 1
    this.send(toEvent(this.#lastToken))
    return this.#lastToken
  }

  join(changes: Partial<JoinRequest> = {}): number {
    return this.ask((token) => ({ kind: 'join', token, request: joinRequest(changes) }))
  }

  /** `assignments`: member id to text. */
  sync(
    memberId: string,
    assignments: Readonly<Record<string, string>> = {},
    changes: Partial<SyncChanges> = {},
  ): number {
    const bytes = Object.entries(assignments).map(([id, text]) => [id, Buffer.from(text)] as const)
    return this.ask((token) => ({
      kind: 'sync',
      token,
      request: {
        memberId,
        groupInstanceId: null,
        generationId: this.group.generationId,
        protocolType: null,
        protocolName: null,
        assignments: new Map(bytes),
        ...changes,
      },
    }))
  }

  heartbeat(memberId: string, generationId = this.group.generationId, groupInstanceId: string | null = null): string {
    const request = { memberId, generationId, groupInstanceId }
    return this.errorOf(this.ask((token) => ({ kind: 'heartbeat', token, request })))
  }

  commit(memberId: string, generationId = this.group.generationId, changes: Partial<CommitIdentity> = {}): string {
    const request = { memberId, generationId, groupInstanceId: null, ...changes }
    return this.errorOf(this.ask((token) => ({ kind: 'commit', token, request })))
  }

  leave(...members: readonly (string | MemberIdentity)[]): number {
    const identities = members.map((each) =>
      typeof each === 'string' ? { memberId: each, groupInstanceId: null } : each,
    )
    return this.ask((token) => ({ kind: 'leave', token, members: identities }))
  }

  /** Carries out the oldest store effect, or lets it fail. */
  store({ failed = false } = {}): void {
    const effect = this.stores.shift()
    if (effect === undefined) throw new Error('nothing is to be stored')
    this.send({ kind: 'stored', outcome: effect.outcome, failed })
  }

  /** Lets time pass, doing what comes due at its moment. */
  advance(byMs: number): void {
    const endMs = this.nowMs + byMs
    for (let next = nextDeadlineMs(this.group); next !== null && next <= endMs; next = nextDeadlineMs(this.group)) {
      this.nowMs = Math.max(this.nowMs, next)
      this.send({ kind: 'tick' })
    }
    this.nowMs = endMs
  }

  /** The answer's error; undefined while the request waits. */
  errorOf(token: number): string {
    return this.answers.get(token)?.error ?? 'parked'
  }

  joined(token: number): JoinAnswer {
    return this.#answer(token, 'join')
  }

  synced(token: number): SyncAnswer {
    return this.#answer(token, 'sync')
  }

  left(token: number): LeaveAnswer {
    return this.#answer(token, 'leave')
  }

  #answer<K extends Answer['kind']>(token: number, kind: K): Extract<Answer, { kind: K }> {
    const answer = this.answers.get(token)
    if (answer?.kind !== kind) throw new Error(`token ${token} has no ${kind} answer`)
    return answer as Extract<Answer, { kind: K }>
  }

  /** Members by name, joined and in CompletingRebalance; the first one leads. Static ones are named `name!`. */
  rebalance(...names: readonly string[]): string[] {
    const tokens = names.map((name) => this.join({ clientId: name, groupInstanceId: name.endsWith('!') ? name : null }))
    this.advance(0)
    return tokens.map((token) => this.joined(token).memberId)
  }

  /** As `rebalance`, and stable: every member has its own name as assignment. */
  stable(...names: readonly string[]): string[] {
    const ids = this.rebalance(...names)
    const [leader = '', ...followers] = ids
    for (const id of followers) this.sync(id)
    this.sync(leader, Object.fromEntries(ids.map((id, i) => [id, names[i] ?? ''])))
    this.store()
    return ids
  }
}

interface SyncChanges {
  readonly groupInstanceId: string | null
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
}
