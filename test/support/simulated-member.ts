import type { JoinAnswer, SyncAnswer } from '../../broker/groups/answer.ts'
import type { WireErrorName } from '../../broker/protocol/error-codes.ts'
import type { CoordinatorDriver } from './coordinator-driver.ts'
import { joinRequest } from './group-driver.ts'

/** Who somebody is, or was: a process that was paused goes on with what it knew. */
export interface Identity {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly generationId: number
  readonly owned: readonly number[]
}

/** Told of what a test wants to know. */
export interface MemberObserver {
  assigned(identity: Identity): void
  /** A request was sent; its answer is to come some day, or its connection to break. */
  asked(answer: Promise<void>): void
}

type Phase = 'out' | 'joining' | 'joined' | 'syncing' | 'stable'

export const PARTITIONS = [0, 1, 2]

/** A consumer as clients are: joins, assigns when it leads, heartbeats, and joins again when it is told to. */
export class SimulatedMember {
  readonly #driver: CoordinatorDriver
  readonly #groupId: string
  readonly #name: string
  readonly #groupInstanceId: string | null
  readonly #observer: MemberObserver
  #connection = new AbortController()
  #memberId = ''
  #generationId = -1
  #led: readonly string[] | null = null
  #owned: readonly number[] = []
  /** Turns the assignment around a little each time, so that no two are alike. */
  #turn = 0
  #requests = 0
  phase: Phase = 'out'

  constructor(driver: CoordinatorDriver, groupId: string, name: string, isStatic: boolean, observer: MemberObserver) {
    this.#driver = driver
    this.#groupId = groupId
    this.#name = name
    this.#groupInstanceId = isStatic ? name : null
    this.#observer = observer
  }

  get identity(): Identity {
    return {
      memberId: this.#memberId,
      groupInstanceId: this.#groupInstanceId,
      generationId: this.#generationId,
      owned: this.#owned,
    }
  }

  /** Does the next thing that it has to do; nothing while it waits for an answer. */
  step(): void {
    if (this.phase === 'out') this.join()
    else if (this.phase === 'joined') this.sync()
    else if (this.phase === 'stable') this.#react(this.#heartbeat())
  }

  /** Joins now, whatever it was doing. */
  join(): void {
    this.phase = 'joining'
    const isLatest = this.#nextRequest()
    const request = joinRequest({
      memberId: this.#memberId,
      groupInstanceId: this.#groupInstanceId,
      clientId: this.#name,
      memberIdRequired: true,
      canSkipAssignment: true,
      rebalanceTimeoutMs: 20_000,
    })
    const joining = this.#driver.coordinator.join(this.#groupId, request, this.#connection.signal).then((answer) => {
      if (answer !== null && isLatest()) this.#joined(answer)
    })
    this.#observer.asked(joining)
  }

  /** Answers to requests that it has given up are not heard. */
  #nextRequest(): () => boolean {
    this.#requests += 1
    const request = this.#requests
    return () => request === this.#requests
  }

  #joined(answer: JoinAnswer): void {
    this.phase = 'out'
    if (answer.error === 'MEMBER_ID_REQUIRED') {
      this.#memberId = answer.memberId
      this.join()
      return
    }
    if (answer.error !== 'NONE') {
      this.#react(answer.error)
      return
    }
    this.phase = 'joined'
    this.#memberId = answer.memberId
    this.#generationId = answer.generationId
    const assigns = answer.leaderId === answer.memberId && !answer.skipAssignment
    this.#led = assigns ? answer.members.map(({ memberId }) => memberId) : null
  }

  sync(): void {
    this.phase = 'syncing'
    const isLatest = this.#nextRequest()
    const given = { memberId: this.#memberId, generationId: this.#generationId, assignments: this.#assign() }
    const syncing = this.#driver.sync(this.#groupId, given, this.#connection.signal).then((answer) => {
      if (answer !== null && isLatest()) this.#synced(answer)
    })
    this.#observer.asked(syncing)
  }

  #assign(): Record<string, string> {
    const members = this.#led ?? []
    this.#turn += 1
    const owners = PARTITIONS.map((partition) => members[(partition + this.#turn) % members.length])
    return Object.fromEntries(
      members.map((id) => [id, PARTITIONS.filter((partition) => owners[partition] === id).join(',')]),
    )
  }

  #synced(answer: SyncAnswer): void {
    if (answer.error !== 'NONE') {
      this.#react(answer.error)
      return
    }
    this.phase = 'stable'
    this.#owned = answer.assignment.toString().split(',').filter(Boolean).map(Number)
    this.#observer.assigned(this.identity)
  }

  #heartbeat(): WireErrorName {
    return this.#driver.coordinator.heartbeat(this.#groupId, this.identity)
  }

  #react(error: WireErrorName): void {
    if (error === 'NONE') return
    this.phase = 'out'
    if (error === 'UNKNOWN_MEMBER_ID' || error === 'FENCED_INSTANCE_ID') this.#memberId = ''
  }

  async leave(): Promise<void> {
    const { memberId, groupInstanceId } = this.identity
    this.vanish()
    await this.#driver.coordinator.leave(this.#groupId, [{ memberId, groupInstanceId }], this.#connection.signal)
  }

  /** The process dies without a word and starts again, knowing nothing. Gives who it was. */
  vanish(): Identity {
    const identity = this.identity
    this.reconnect()
    this.#memberId = ''
    this.#generationId = -1
    this.#owned = []
    return identity
  }

  /** The connection breaks; the process knows who it is and asks again. */
  reconnect(): void {
    this.#connection.abort()
    this.#connection = new AbortController()
    this.#requests += 1
    this.phase = 'out'
  }
}
