import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CoordinatorDriver } from '../../../support/coordinator-driver.ts'
import { settle } from '../../../support/manual-scheduler.ts'
import { type Identity, PARTITIONS, SimulatedMember } from '../../../support/simulated-member.ts'

const GROUP = 'g'
const MEMBERS = 4

const ACTIONS = [
  'step',
  'step',
  'step',
  'all step',
  'all step',
  'join',
  'sync again',
  'commit',
  'commit',
  'commit as before',
  'commit of an older generation',
  'leave',
  'vanish',
  'reconnect',
  'wait a little',
  'wait long',
  'hold the disk',
  'release one write',
  'release the disk',
  'fail a write',
  'crash',
] as const

interface Action {
  readonly kind: (typeof ACTIONS)[number]
  readonly member: number
  readonly amount: number
}

const actions = fc.array(
  fc.record<Action>({
    kind: fc.constantFrom(...ACTIONS),
    member: fc.nat(MEMBERS - 1),
    amount: fc.nat(1_000),
  }),
  { minLength: 1, maxLength: 120, size: 'max' },
)

/** Several members of one group on a broker whose disk and process fail, and what must hold whatever happens. */
class Model {
  readonly #driver = new CoordinatorDriver({ cleanIntervalMs: 2 ** 40, initialRebalanceDelayMs: 500 })
  readonly #members: readonly SimulatedMember[]
  /** Identities of processes that were given up, but may still be running somewhere. */
  readonly #zombies: Identity[] = []
  /** generation → partition → who was given it. A static member is the same under each of its ids. */
  readonly #owners = new Map<number, Map<number, string>>()
  readonly #issued = new Map<number, number[]>()
  readonly #acknowledged = new Map<number, number>()
  #lastOffset = 0
  #lastGeneration = 0
  #lastAssigned = 0
  /** Requests of this life of the broker that have no answer yet. */
  #waiting = 0
  #life = 0
  #failure: unknown = null

  constructor() {
    const observer = {
      assigned: (identity: Identity) => this.#assigned(identity),
      asked: (answer: Promise<void>) => this.#track(answer),
    }
    const isStatic = (index: number): boolean => index % 2 === 1
    this.#members = Array.from(
      { length: MEMBERS },
      (_, index) => new SimulatedMember(this.#driver, GROUP, `m${index}`, isStatic(index), observer),
    )
  }

  async run(action: Action): Promise<void> {
    await this.#do(action)
    await settle()
    this.#check()
  }

  #do({ kind, member: index, amount }: Action): Promise<void> | void {
    const { scheduler, store } = this.#driver
    const member = this.#members[index]!
    switch (kind) {
      case 'step':
        return member.step()
      case 'all step':
        for (const each of this.#members) each.step()
        return
      case 'join':
        return member.join()
      case 'sync again':
        return member.phase === 'syncing' ? member.sync() : undefined
      case 'commit':
        return this.#commit(member.identity, amount)
      case 'commit as before':
        return this.#commit(this.#zombies[amount % this.#zombies.length], amount)
      case 'commit of an older generation': {
        const { identity } = member
        return this.#commit({ ...identity, generationId: identity.generationId - 1 - (amount % 3) }, amount)
      }
      case 'leave':
        return this.#track(member.leave())
      case 'vanish':
        this.#zombies.push(member.vanish())
        return
      case 'reconnect':
        return member.reconnect()
      case 'wait a little':
        return scheduler.advance(amount)
      case 'wait long':
        return scheduler.advance(amount * 30)
      case 'hold the disk':
        return store.hold()
      case 'release one write':
        return store.release(1)
      case 'release the disk':
        return store.release()
      case 'fail a write':
        return store.failNext()
      case 'crash':
        this.#crash()
    }
  }

  #crash(): void {
    this.#life += 1
    this.#waiting = 0
    this.#driver.crash()
    for (const each of this.#members) each.reconnect()
    this.#lastGeneration = 0
  }

  #commit(identity: Identity | undefined, amount: number): void {
    const partition = identity?.owned[amount % identity.owned.length]
    if (identity === undefined || partition === undefined) return
    const { memberId, groupInstanceId, generationId } = identity
    const life = this.#life
    const group = this.#driver.coordinator.group(GROUP)
    const member = group?.members.get(memberId)
    const isMember = member !== undefined && (groupInstanceId === null || member.groupInstanceId === groupInstanceId)
    const isCurrent = generationId === group?.generationId && group.state !== 'CompletingRebalance'
    const isFromOutside = generationId < 0 && (group === undefined || group.state === 'Empty')
    const isAllowed = isFromOutside || (isMember && isCurrent)
    this.#lastOffset += 1
    const offset = this.#lastOffset
    this.#issued.set(partition, [...(this.#issued.get(partition) ?? []), offset])
    const committing = this.#driver
      .commit(GROUP, offset, { memberId, groupInstanceId, generationId, partition })
      .then((error) => {
        if (life !== this.#life || error !== 'NONE') return
        expect(isAllowed, 'a commit of somebody who may not').toBe(true)
        this.#acknowledged.set(partition, Math.max(offset, this.#acknowledged.get(partition) ?? 0))
      })
    this.#track(committing)
  }

  #track(request: Promise<void>): void {
    const life = this.#life
    this.#waiting += 1
    const settled = (): void => {
      if (life === this.#life) this.#waiting -= 1
    }
    request.then(settled, (error: unknown) => {
      settled()
      this.#failure = error
    })
  }

  #assigned({ memberId, groupInstanceId, generationId, owned }: Identity): void {
    const owners = this.#owners.get(generationId) ?? new Map<number, string>()
    for (const partition of owned) {
      const owner = groupInstanceId ?? memberId
      if ((owners.get(partition) ?? owner) !== owner) this.#failure = new Error('a partition was given to two members')
      owners.set(partition, owner)
    }
    this.#owners.set(generationId, owners)
    this.#lastAssigned = Math.max(this.#lastAssigned, generationId)
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure as Error
    const generation = this.#driver.coordinator.group(GROUP)?.generationId ?? 0
    expect(generation, 'the generation went back').toBeGreaterThanOrEqual(this.#lastGeneration)
    expect(generation, 'a generation that had worked was forgotten').toBeGreaterThanOrEqual(this.#lastAssigned)
    this.#lastGeneration = generation
    for (const partition of PARTITIONS) {
      const seen = this.#driver.committed(GROUP, 't', partition)
      const acknowledged = this.#acknowledged.get(partition) ?? 0
      expect(seen ?? 0, 'an acknowledged commit was lost').toBeGreaterThanOrEqual(acknowledged)
      if (seen !== null) expect(this.#issued.get(partition)).toContain(seen)
    }
  }

  /** With a disk that works and members that go on, everybody is answered and has work in the end. */
  async settleDown(): Promise<void> {
    this.#driver.store.failNext(0)
    this.#driver.store.release()
    await settle()
    for (let round = 0; round < 400 && !this.#isAtRest(); round += 1) {
      for (const member of this.#members) member.step()
      await this.#driver.scheduler.advance(200)
      this.#check()
    }
    expect(this.#members.map(({ phase }) => phase)).toEqual(this.#members.map(() => 'stable'))
    const generations = new Set(this.#members.map(({ identity }) => identity.generationId))
    expect([...generations]).toEqual([this.#driver.coordinator.group(GROUP)?.generationId])
    expect(this.#members.flatMap(({ identity }) => identity.owned).sort((a, b) => a - b)).toEqual(PARTITIONS)
    expect(this.#waiting, 'requests without an answer').toBe(0)
  }

  #isAtRest(): boolean {
    const group = this.#driver.coordinator.group(GROUP)
    const isSettled = group?.state === 'Stable' && group.members.size === MEMBERS && group.pendingMembers.size === 0
    return (
      isSettled &&
      this.#members.every(({ phase, identity }) => phase === 'stable' && identity.generationId === group.generationId)
    )
  }
}

test('whatever members, disk and broker do: one owner per partition and generation, no commit lost, everybody answered', async () => {
  await fc.assert(
    fc.asyncProperty(actions, async (sequence) => {
      const model = new Model()
      for (const action of sequence) await model.run(action)
      await model.settleDown()
    }),
    { numRuns: 300 },
  )
})
