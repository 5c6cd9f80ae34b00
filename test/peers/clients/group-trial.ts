import { vi } from 'vitest'
import { GroupFeed, PARTITIONS } from './group-feed.ts'
import type { Membership, PeerClient } from './peer-client.ts'
import type { PeerProcess } from './peer-process.ts'

/** Members may take several sessions and rebalances. */
const PATIENCE = { timeout: 90_000, interval: 200 }

/** One group of members of a client that reads a topic while records come in. */
export class GroupTrial {
  readonly client: PeerClient
  readonly feed: GroupFeed
  readonly #membership: Membership
  readonly #all: PeerProcess[] = []

  private constructor(client: PeerClient, membership: Membership, feed: GroupFeed) {
    this.client = client
    this.#membership = membership
    this.feed = feed
  }

  static async create(client: PeerClient, membership: Membership): Promise<GroupTrial> {
    return new GroupTrial(client, membership, await GroupFeed.create(membership))
  }

  async join(): Promise<PeerProcess> {
    const member = await this.client.join(this.#membership)
    this.#all.push(member)
    return member
  }

  /** Tells a member to leave in order. */
  async leave(member: PeerProcess): Promise<void> {
    if (!this.client.dropsOneWhenTold) return await member.stop()
    await this.feed.stop()
    await this.untilAllRead(this.feed.values())
    await member.stop()
    this.feed.start()
  }

  /** What a member has read, from its nth record on, as the feed's values. */
  valuesOf(member: PeerProcess, from = 0): readonly string[] {
    return member.lines.slice(from).map((line) => this.client.valueIn(line))
  }

  /** Resolves when each of these members reads, and they read all partitions between them. */
  async untilTheyShare(members: readonly PeerProcess[]): Promise<void> {
    const seen = members.map(({ lines }) => lines.length)
    const from = this.feed.rounds
    await this.#until(
      () => `${members.length} members share the partitions`,
      members,
      () => {
        const partitions = members
          .flatMap((member, n) => this.valuesOf(member, seen[n]))
          .map((value) => value.split('/').map(Number))
          .filter(([, round = 0]) => round >= from)
          .map(([partition]) => partition)
        return members.every(({ lines }, n) => lines.length > (seen[n] ?? 0)) && new Set(partitions).size === PARTITIONS
      },
    )
  }

  /** Resolves when the members, also those that have gone, have read all of these values. */
  async untilAllRead(values: readonly string[]): Promise<void> {
    let left: readonly string[] = values
    const isNothingLeft = (): boolean => {
      const read = new Set(this.#all.flatMap((member) => this.valuesOf(member)))
      left = values.filter((value) => !read.has(value))
      return left.length === 0
    }
    await this.#until(
      () => `everything is read but ${left.length}: ${left.slice(0, 20).join()}`,
      this.#all,
      isNothingLeft,
    )
  }

  async close(): Promise<void> {
    await this.feed.close()
    await Promise.all(this.#all.map((member) => member.kill()))
  }

  async #until(what: () => string, members: readonly PeerProcess[], holds: () => boolean): Promise<void> {
    await vi.waitUntil(holds, PATIENCE).catch(() => {
      const reports = members.map((member) => `read ${member.lines.length}\n${member.stderr.slice(-2_000)}`)
      throw new Error(`not within ${PATIENCE.timeout} ms: ${what()}\n${reports.join('\n')}`)
    })
  }
}
