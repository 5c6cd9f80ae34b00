import type { Member, MemberProtocol } from './group.ts'

/** Names of the protocols that every member supports. */
export function commonProtocols(members: Iterable<Pick<Member, 'protocols'>>): ReadonlySet<string> {
  let common: ReadonlySet<string> | null = null
  for (const { protocols } of members) common = intersect(common, protocols)
  return common ?? new Set()
}

function intersect(names: ReadonlySet<string> | null, protocols: readonly MemberProtocol[]): ReadonlySet<string> {
  const shared = protocols.map(({ name }) => name).filter((name) => names === null || names.has(name))
  return new Set(shared)
}

/**
 * Each member votes for the first of its protocols that all support; the most votes win, and among equals the one that
 * was voted for first. Null when there is no common one.
 */
export function selectProtocol(members: Iterable<Pick<Member, 'protocols'>>): string | null {
  const voters = [...members]
  const common = commonProtocols(voters)
  const votes = new Map<string, number>()
  for (const { protocols } of voters) {
    const choice = protocols.find(({ name }) => common.has(name))
    if (choice !== undefined) votes.set(choice.name, (votes.get(choice.name) ?? 0) + 1)
  }
  const [winner] = [...votes].sort(([, a], [, b]) => b - a)
  return winner?.[0] ?? null
}

/** The same names in the same order with the same bytes: the member asks for nothing new. */
export function sameProtocols(a: readonly MemberProtocol[], b: readonly MemberProtocol[]): boolean {
  return (
    a.length === b.length && a.every(({ name, metadata }, i) => name === b[i]?.name && metadata.equals(b[i].metadata))
  )
}

/** What the member said about itself for the protocol; empty when it does not support it. */
export function metadataFor(member: Pick<Member, 'protocols'>, protocolName: string | null): Buffer {
  return member.protocols.find(({ name }) => name === protocolName)?.metadata ?? Buffer.alloc(0)
}
