import type { WireErrorName } from '../protocol/error-codes.ts'

/** Names one request that waits for its answer. Given by the coordinator, unique in its life. */
export type AnswerToken = number

export interface JoinedMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly metadata: Buffer
}

export interface JoinAnswer {
  readonly kind: 'join'
  readonly error: WireErrorName
  readonly memberId: string
  readonly generationId: number
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly leaderId: string | null
  readonly skipAssignment: boolean
  /** Filled for the leader only, who assigns the work. */
  readonly members: readonly JoinedMember[]
}

export interface SyncAnswer {
  readonly kind: 'sync'
  readonly error: WireErrorName
  readonly protocolType: string | null
  readonly protocolName: string | null
  readonly assignment: Buffer
}

export interface LeftMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly error: WireErrorName
}

export interface LeaveAnswer {
  readonly kind: 'leave'
  readonly error: WireErrorName
  readonly members: readonly LeftMember[]
}

/** The answer to heartbeat, commit and delete: yes (NONE), or why not. */
export interface VerdictAnswer {
  readonly kind: 'verdict'
  readonly error: WireErrorName
}

export type Answer = JoinAnswer | SyncAnswer | LeaveAnswer | VerdictAnswer

const NO_BYTES = Buffer.alloc(0)

export function joinRefusal(error: WireErrorName, memberId: string): JoinAnswer {
  return {
    kind: 'join',
    error,
    memberId,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leaderId: null,
    skipAssignment: false,
    members: [],
  }
}

export function syncRefusal(error: WireErrorName): SyncAnswer {
  return { kind: 'sync', error, protocolType: null, protocolName: null, assignment: NO_BYTES }
}

export function verdict(error: WireErrorName): VerdictAnswer {
  return { kind: 'verdict', error }
}
