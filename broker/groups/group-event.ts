import type { AnswerToken } from './answer.ts'
import type { StoreOutcome } from './group-effect.ts'
import type { MemberProtocol } from './group.ts'

/** Who a request says it is: a member id, and for static members the instance id. */
export interface MemberIdentity {
  /** Empty: none was handed out yet, or it was forgotten. */
  readonly memberId: string
  readonly groupInstanceId: string | null
}

export interface JoinRequest extends MemberIdentity {
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  readonly protocolType: string
  readonly protocols: readonly MemberProtocol[]
  /** From version 4 on a new dynamic member is first told its id and joins with it (KIP-394). */
  readonly memberIdRequired: boolean
  /** From version 9 on a returning static leader can be told not to assign anew (KIP-814). */
  readonly canSkipAssignment: boolean
  /** Random text from the edge that makes a new member id unique. */
  readonly uniqueId: string
}

export interface SyncRequest extends MemberIdentity {
  readonly generationId: number
  /** Null in versions that do not say. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  /** From the leader: what each member gets. */
  readonly assignments: ReadonlyMap<string, Buffer>
}

export interface HeartbeatRequest extends MemberIdentity {
  readonly generationId: number
}

export interface CommitIdentity extends MemberIdentity {
  /** Negative: from outside of the group protocol, such as the admin client. */
  readonly generationId: number
}

/** What can happen to a group. Every request carries the token by which it gets its one answer. */
export type GroupEvent =
  | { readonly kind: 'join'; readonly token: AnswerToken; readonly request: JoinRequest }
  | { readonly kind: 'sync'; readonly token: AnswerToken; readonly request: SyncRequest }
  | { readonly kind: 'heartbeat'; readonly token: AnswerToken; readonly request: HeartbeatRequest }
  | { readonly kind: 'leave'; readonly token: AnswerToken; readonly members: readonly MemberIdentity[] }
  /** May this one commit offsets now? The offsets themselves are no business of the group. */
  | { readonly kind: 'commit'; readonly token: AnswerToken; readonly request: CommitIdentity }
  /** May the group be deleted now? If so it is Dead afterwards. */
  | { readonly kind: 'delete'; readonly token: AnswerToken }
  /** A `store` effect has been carried out, or has failed. */
  | { readonly kind: 'stored'; readonly outcome: StoreOutcome; readonly failed: boolean }
  /** Time has passed. */
  | { readonly kind: 'tick' }
