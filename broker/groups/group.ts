import type { AnswerToken } from './answer.ts'

/** Kafka's states of a classic group, by the names that ListGroups and DescribeGroups show. */
export type GroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

/** One way of sharing the work that a member can take part in; the bytes mean something to the members only. */
export interface MemberProtocol {
  readonly name: string
  readonly metadata: Buffer
}

/** One member. Static members (KIP-345) have an instance id and outlive the process behind them. */
export interface Member {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
  /** In the order of the member's preference, each name once. */
  readonly protocols: readonly MemberProtocol[]
  readonly assignment: Buffer
  /** When it is taken for dead, unless it waits for an answer of ours. */
  readonly sessionDeadlineMs: number
  /** Its JoinGroup that waits for the others. */
  readonly parkedJoin: AnswerToken | null
  /** Its SyncGroup that waits for the leader's. */
  readonly parkedSync: AnswerToken | null
  /** It has never got an answer, so it expires even while it waits: nobody can tell whether it is still there. */
  readonly isNew: boolean
  /** It has sent SyncGroup in this generation. */
  readonly hasSynced: boolean
}

/** How long the first rebalance of an empty group still waits for more members. */
export interface InitialDelay {
  /** Never wait beyond this moment. */
  readonly untilMs: number
  /** Somebody came since the delay was last extended. */
  readonly memberAdded: boolean
}

/**
 * Everything that is known of one group, as data: no timer, no socket, no clock. Moments are in ms of the coordinator's
 * clock. `stepGroup` makes the next one.
 */
export interface Group {
  readonly groupId: string
  readonly state: GroupState
  readonly stateSinceMs: number
  /** Number of the last completed JoinGroup phase; 0 before the first. */
  readonly generationId: number
  /** `consumer`, `connect`, …; null for a group that only holds offsets. */
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leaderId: string | null
  /** In the order in which they came. */
  readonly members: ReadonlyMap<string, Member>
  /** Ids that were handed out with MEMBER_ID_REQUIRED and have not come back, with the moment they are forgotten. */
  readonly pendingMembers: ReadonlyMap<string, number>
  readonly initialDelay: InitialDelay | null
  /** When the JoinGroup phase ends without those who are missing. */
  readonly joinDeadlineMs: number | null
  /** When those who have not sent SyncGroup are removed. */
  readonly syncDeadlineMs: number | null
  /** The leader's assignment is on its way to the disk; a second one for the same generation is not taken. */
  readonly isStoring: boolean
}

/** A group that nobody has joined. */
export function createGroup(groupId: string, nowMs: number): Group {
  return {
    groupId,
    state: 'Empty',
    stateSinceMs: nowMs,
    generationId: 0,
    protocolType: null,
    protocolName: null,
    leaderId: null,
    members: new Map(),
    pendingMembers: new Map(),
    initialDelay: null,
    joinDeadlineMs: null,
    syncDeadlineMs: null,
    isStoring: false,
  }
}

/** A member that waits for an answer of ours cannot send heartbeats, so its session does not end meanwhile. */
export function isExpirable(member: Member): boolean {
  return member.isNew || (member.parkedJoin === null && member.parkedSync === null)
}

/** The next moment at which `stepGroup` has something to do without a request; null: none. */
export function nextDeadlineMs(group: Group): number | null {
  let next = Math.min(group.joinDeadlineMs ?? Infinity, group.syncDeadlineMs ?? Infinity)
  for (const member of group.members.values()) {
    if (isExpirable(member)) next = Math.min(next, member.sessionDeadlineMs)
  }
  for (const deadlineMs of group.pendingMembers.values()) next = Math.min(next, deadlineMs)
  return next === Infinity ? null : next
}

/** Bytes that a member keeps in memory and adds to the group's record. */
export function memberBytes(member: Member): number {
  const identity = member.memberId.length + (member.groupInstanceId?.length ?? 0) + member.clientId.length
  return identity + protocolBytes(member.protocols) + member.assignment.length
}

export function protocolBytes(protocols: readonly MemberProtocol[]): number {
  return protocols.reduce((bytes, { name, metadata }) => bytes + name.length + metadata.length, 0)
}

export function groupBytes(group: Pick<Group, 'members'>): number {
  let bytes = 0
  for (const member of group.members.values()) bytes += memberBytes(member)
  return bytes
}
