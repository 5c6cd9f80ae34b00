import { createRequire } from 'node:module'
import type * as Zod from 'zod'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { createGroup, type Group, type Member } from './group.ts'

type StoredMember = Omit<Member, 'sessionDeadlineMs' | 'parkedJoin' | 'parkedSync' | 'isNew' | 'hasSynced'>

/** What survives a restart of the broker: the last generation whose assignment was complete. */
export interface StoredGroup extends Pick<
  Group,
  'generationId' | 'protocolType' | 'protocolName' | 'leaderId' | 'stateSinceMs'
> {
  readonly members: readonly StoredMember[]
}

const NO_BYTES = Buffer.alloc(0)

const load = createRequire(import.meta.url)

/** Made with the first group that is read back: a new broker has none, and would pay for zod else. */
let shape: ReturnType<typeof createShape> | null = null

function createShape({ z }: typeof Zod) {
  const base64 = z.base64().transform((text) => Buffer.from(text, 'base64'))
  return z.strictObject({
    format: z.literal(1),
    generationId: z.int(),
    protocolType: z.string().nullable(),
    protocolName: z.string().nullable(),
    leaderId: z.string().nullable(),
    stateSinceMs: z.number(),
    members: z.array(
      z.strictObject({
        memberId: z.string(),
        groupInstanceId: z.string().nullable(),
        clientId: z.string(),
        clientHost: z.string(),
        sessionTimeoutMs: z.int(),
        rebalanceTimeoutMs: z.int(),
        protocols: z.array(z.strictObject({ name: z.string(), metadata: base64 })),
        assignment: base64,
      }),
    ),
  })
}

/** The record of a group, with `assignments` in the place of those its members have; not while members still join. */
export function toStoredGroup(group: Group, assignments?: ReadonlyMap<string, Buffer>): StoredGroup {
  return {
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leaderId: group.leaderId,
    stateSinceMs: group.stateSinceMs,
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      sessionTimeoutMs: member.sessionTimeoutMs,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      protocols: member.protocols,
      assignment: assignments === undefined ? member.assignment : (assignments.get(member.memberId) ?? NO_BYTES),
    })),
  }
}

/**
 * The group as it was when the record became durable: Stable with members, Empty without. Each member has a whole
 * session from now on to show that it is still there.
 */
export function toGroup(groupId: string, stored: StoredGroup, nowMs: number): Group {
  const { members, ...rest } = stored
  const loaded = members.map((member): Member => ({
    ...member,
    sessionDeadlineMs: nowMs + member.sessionTimeoutMs,
    parkedJoin: null,
    parkedSync: null,
    isNew: false,
    hasSynced: true,
  }))
  return {
    ...createGroup(groupId, nowMs),
    ...rest,
    state: loaded.length === 0 ? 'Empty' : 'Stable',
    members: new Map(loaded.map((member) => [member.memberId, member])),
  }
}

export function encodeStoredGroup(stored: StoredGroup): Json {
  return {
    format: 1,
    generationId: stored.generationId,
    protocolType: stored.protocolType,
    protocolName: stored.protocolName,
    leaderId: stored.leaderId,
    stateSinceMs: stored.stateSinceMs,
    members: stored.members.map((member) => ({
      ...member,
      protocols: member.protocols.map(({ name, metadata }) => ({ name, metadata: metadata.toString('base64') })),
      assignment: member.assignment.toString('base64'),
    })),
  }
}

/** Throws E_DATA_DAMAGED for a value that this version did not write. */
export function decodeStoredGroup(key: string, value: Json): StoredGroup {
  shape ??= createShape(load('zod') as typeof Zod)
  const parsed = shape.safeParse(value)
  if (parsed.success) {
    const { format: _format, ...stored } = parsed.data
    return stored
  }
  const [issue] = parsed.error.issues
  const what = `the stored consumer group is not readable: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`
  throw new StoplogError('E_DATA_DAMAGED', what, {
    where: key,
    cause: parsed.error,
  })
}
