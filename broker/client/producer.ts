import type { Clock } from '../../schemas/runtime.ts'
import { wireErrorName, type WireErrorName } from '../protocol/error-codes.ts'
import { produce } from '../protocol/messages/produce.ts'
import type { Compression } from '../protocol/record-batch.ts'
import { Backoff } from './backoff.ts'
import { ApiNotSupported, isRetriable, WireFailure } from './client-error.ts'
import type { Cluster } from './cluster.ts'
import { OutgoingBatch, type OutgoingRecord } from './outgoing-batch.ts'
import { ProducerIdentity } from './producer-identity.ts'
import { Wakeup } from './wakeup.ts'

export interface ProducerOptions {
  readonly compression?: Compression
  /** How long a batch waits for more records at most; a full one and `flush` do not wait. */
  readonly lingerMs?: number
  /** A batch is closed at this size; a single larger record makes a batch of its own. */
  readonly batchBytes?: number
  /** Records that are not acknowledged; beyond it `room` waits. */
  readonly maxBufferedBytes?: number
  /** Told about every failed attempt. */
  onTrouble?(error: Error): void
}

/** Two batches fit into what a fetch asks of a partition (1 MiB): one that does not fit is read from the disk twice. */
const BATCH_BYTES = 500_000
/** Requests of one broker that are not answered; Kafka remembers as many batches of a producer. */
const MAX_IN_FLIGHT = 5
const MAX_REQUEST_BYTES = 8_388_608
/** Version 13 names topics by their ids, which we do not keep. */
const MAX_PRODUCE_VERSION = 12
const ACKS_ALL = -1
/** A topic that is not there after so many attempts is not about to come. */
const MAX_UNKNOWN_TOPIC_ATTEMPTS = 10

/** The broker has lost what it knew of this producer: take another id and begin the sequences anew. */
const IDENTITY_ERRORS: readonly WireErrorName[] = [
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]

/** Memory of delivered batches that is kept for the next ones. */
const MAX_SPARES = 8

interface PartitionQueue {
  readonly topic: string
  readonly partition: number
  readonly name: string
  /** Closed batches, oldest first; the first one may be on its way. */
  readonly ready: OutgoingBatch[]
  building: OutgoingBatch | null
  isInFlight: boolean
  lastBatchBytes: number
}

/**
 * Writes records, idempotently and with `acks=all`. Records of one partition are kept in order: it has one request on
 * its way at a time, while those of other partitions go beside it. What can be tried again is, for as long as it takes.
 */
export class Producer {
  readonly #cluster: Cluster
  readonly #clock: Clock
  readonly #options: Required<Omit<ProducerOptions, 'onTrouble'>> & Pick<ProducerOptions, 'onTrouble'>
  readonly #identity: ProducerIdentity
  readonly #queues: PartitionQueue[] = []
  readonly #queuesOfTopic = new Map<string, (PartitionQueue | undefined)[]>()
  readonly #inFlight = new Map<number, number>()
  readonly #backoff: Backoff
  readonly #spares: Buffer[] = []
  readonly #closed = new AbortController()
  #undelivered = new Set<OutgoingBatch>()
  #bufferedBytes = 0
  readonly #roomMade = new Wakeup()
  #failure: Error | null = null
  #isLingering = false
  #pumping = false
  #pumpAgain = false

  constructor(cluster: Cluster, options: ProducerOptions = {}) {
    this.#cluster = cluster
    this.#clock = cluster.clock
    this.#options = {
      compression: 'none',
      lingerMs: 5,
      batchBytes: BATCH_BYTES,
      maxBufferedBytes: 8_388_608,
      ...options,
    }
    this.#identity = new ProducerIdentity(cluster, true)
    this.#backoff = new Backoff(this.#clock)
  }

  /** Adds a record. The promise is that of its batch: resolved when the broker has it, rejected when it never will. */
  append(topic: string, partition: number, record: OutgoingRecord): Promise<void> {
    const queue = this.#queueOf(topic, partition)
    let batch = queue.building
    if (batch === null) batch = this.#begin(queue)
    const before = batch.sizeBytes
    batch.append(record)
    this.#bufferedBytes += batch.sizeBytes - before
    if (batch.sizeBytes >= this.#options.batchBytes) {
      this.#close(queue)
      this.#pumpSoon()
    }
    return batch.delivered
  }

  get isFull(): boolean {
    return this.#bufferedBytes >= this.#options.maxBufferedBytes
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.isFull && !this.#closed.signal.aborted) await this.#roomMade.wait()
  }

  /**
   * Resolves when everything appended so far is acknowledged. Rejects with the first failure since the last `flush`:
   * then some records are not in the log, and never will be.
   */
  async flush(): Promise<void> {
    for (const queue of this.#queues) this.#close(queue)
    this.#pumpSoon()
    await Promise.allSettled([...this.#undelivered].map((batch) => batch.delivered))
    // Whoever waited would take for durable what was given up.
    if (this.#closed.signal.aborted) throw closedProducer()
    const failure = this.#failure
    this.#failure = null
    if (failure !== null) throw failure
  }

  /** Gives up what is not delivered, and what is appended later. Call `flush` before, to lose nothing. */
  close(): void {
    this.#closed.abort()
    for (const batch of this.#undelivered) batch.reject(closedProducer())
    this.#roomMade.notify()
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    return this.#queuesOfTopic.get(topic)?.[partition] ?? this.#addQueue(topic, partition)
  }

  #addQueue(topic: string, partition: number): PartitionQueue {
    const name = `${topic}-${partition}`
    const queue = { topic, partition, name, ready: [], building: null, isInFlight: false, lastBatchBytes: 4_096 }
    const queues = this.#queuesOfTopic.get(topic) ?? []
    queues[partition] = queue
    this.#queuesOfTopic.set(topic, queues)
    this.#queues.push(queue)
    return queue
  }

  #begin(queue: PartitionQueue): OutgoingBatch {
    const initialBytes = Math.min(queue.lastBatchBytes * 1.25, this.#options.batchBytes * 1.125)
    const batch = new OutgoingBatch(this.#takeSpare(initialBytes) ?? initialBytes)
    queue.building = batch
    this.#undelivered.add(batch)
    this.#bufferedBytes += batch.sizeBytes
    // Nothing is sent any more: whoever waits for it, or for a flush, must be told.
    if (this.#closed.signal.aborted) batch.reject(closedProducer())
    else if (!this.#isLingering) void this.#linger()
    return batch
  }

  /** Memory of a delivered batch, if there is some that is large enough. */
  #takeSpare(bytes: number): Buffer | undefined {
    const spare = this.#spares.at(-1)
    return spare !== undefined && spare.length >= bytes ? this.#spares.pop() : undefined
  }

  /** New memory costs more than all that is written into it. Only what is as large as a full batch is worth keeping. */
  #keepSpare({ memory }: OutgoingBatch): void {
    if (this.#spares.length < MAX_SPARES && memory.length >= this.#options.batchBytes) this.#spares.push(memory)
  }

  /** One timer for all partitions: what was begun meanwhile waits less. */
  async #linger(): Promise<void> {
    this.#isLingering = true
    await this.#clock.sleep(this.#options.lingerMs, this.#closed.signal).catch(() => undefined)
    this.#isLingering = false
    for (const queue of this.#queues) this.#close(queue)
    this.#pumpSoon()
  }

  #close(queue: PartitionQueue): void {
    if (queue.building === null) return
    queue.lastBatchBytes = queue.building.sizeBytes
    queue.ready.push(queue.building)
    queue.building = null
  }

  #pumpSoon(): void {
    if (this.#pumping) this.#pumpAgain = true
    else void this.#pump()
  }

  /** Sends what may be sent now. */
  async #pump(): Promise<void> {
    this.#pumping = true
    do {
      this.#pumpAgain = false
      try {
        await this.#identity.ensure()
        for (const [leader, queues] of await this.#sendable()) this.#sendTo(leader, queues)
        this.#backoff.reset()
      } catch (error) {
        await this.#afterTrouble(error)
      }
    } while (this.#pumpAgain && !this.#closed.signal.aborted)
    this.#pumping = false
  }

  async #afterTrouble(thrown: unknown): Promise<void> {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    if (!isRetriable(error)) {
      // A defect or a broker that does not speak our versions: waiting does not help.
      for (const queue of this.#queues) for (const batch of queue.ready.splice(0)) this.#fail(batch, error)
      return
    }
    this.#options.onTrouble?.(error)
    await this.#backoff.wait(this.#closed.signal).catch(() => undefined)
    this.#pumpAgain = true
  }

  /** Queues whose first batch may go, by the broker that leads their partition. */
  async #sendable(): Promise<ReadonlyMap<number, readonly PartitionQueue[]>> {
    const byLeader = new Map<number, PartitionQueue[]>()
    for (const queue of this.#queues) {
      if (queue.isInFlight || queue.ready.length === 0) continue
      try {
        const leader = await this.#cluster.leaderOf(queue.topic, queue.partition)
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), queue])
      } catch (error) {
        if (!(error instanceof WireFailure)) throw error
        this.#cluster.forgetTopic(queue.topic)
        const batch = queue.ready[0]
        if (batch !== undefined && !this.#mayRetry(batch, error.error)) this.#fail(queue.ready.shift(), error)
        else void this.#retryLater(error)
      }
    }
    return byLeader
  }

  #sendTo(leader: number, queues: readonly PartitionQueue[]): void {
    let rest = [...queues]
    while (rest.length > 0 && (this.#inFlight.get(leader) ?? 0) < MAX_IN_FLIGHT) {
      let bytes = 0
      const chosen: PartitionQueue[] = []
      for (const queue of rest) {
        const size = queue.ready[0]?.sizeBytes ?? 0
        if (chosen.length > 0 && bytes + size > MAX_REQUEST_BYTES) break
        bytes += size
        chosen.push(queue)
      }
      rest = rest.slice(chosen.length)
      for (const queue of chosen) queue.isInFlight = true
      void this.#send(leader, chosen)
    }
  }

  async #send(leader: number, queues: readonly PartitionQueue[]): Promise<void> {
    this.#inFlight.set(leader, (this.#inFlight.get(leader) ?? 0) + 1)
    let trouble: Error | null = null
    try {
      const connection = await this.#cluster.broker(leader, 'produce')
      await this.#identity.ensure()
      const request = { transactionalId: null, acks: ACKS_ALL, timeoutMs: 30_000, topicData: this.#topicData(queues) }
      const answer = await connection.send(produce, request, { maxVersion: MAX_PRODUCE_VERSION })
      for (const { name, partitionResponses } of answer.responses) {
        for (const { index, errorCode, errorMessage } of partitionResponses) {
          const failure = this.#settle(this.#queueOf(name, index), errorCode, errorMessage)
          trouble ??= failure
        }
      }
    } catch (error) {
      trouble = error instanceof Error ? error : new Error(String(error))
      for (const { topic } of queues) this.#cluster.forgetTopic(topic)
      if (!isRetriable(error)) for (const queue of queues) this.#fail(queue.ready.shift(), trouble)
    }
    for (const queue of queues) queue.isInFlight = false
    this.#inFlight.set(leader, (this.#inFlight.get(leader) ?? 1) - 1)
    if (trouble !== null) await this.#retryLater(trouble)
    this.#pumpSoon()
  }

  #topicData(
    queues: readonly PartitionQueue[],
  ): { name: string; partitionData: { index: number; records: Buffer }[] }[] {
    const topics = new Map<string, { index: number; records: Buffer }[]>()
    for (const { topic, partition, name, ready } of queues) {
      const batch = ready[0]
      if (batch === undefined) continue
      const known = batch.identity
      const identity =
        known !== null && this.#identity.isCurrent(known) ? known : this.#identity.take(name, batch.count)
      const records = batch.encode(this.#options.compression, identity)
      topics.set(topic, [...(topics.get(topic) ?? []), { index: partition, records }])
    }
    return [...topics].map(([name, partitionData]) => ({ name, partitionData }))
  }

  /** Notes the answer for the first batch of a queue. Returns why it has to be tried again, or null. */
  #settle(queue: PartitionQueue, errorCode: number, message: string | null): Error | null {
    const batch = queue.ready[0]
    if (batch === undefined) return null
    const error = wireErrorName(errorCode)
    if (error === 'NONE' || error === 'DUPLICATE_SEQUENCE_NUMBER') {
      queue.ready.shift()
      this.#forget(batch)
      this.#keepSpare(batch)
      batch.resolve()
      return null
    }
    const failure = new WireFailure(error, queue.name, message)
    if (IDENTITY_ERRORS.includes(error)) this.#identity.forget()
    else if (!failure.retriable || !this.#mayRetry(batch, error)) {
      this.#fail(queue.ready.shift(), failure)
      return null
    } else this.#cluster.forgetTopic(queue.topic)
    return failure
  }

  #mayRetry(batch: OutgoingBatch, error: WireErrorName): boolean {
    batch.attempts += 1
    return error !== 'UNKNOWN_TOPIC_OR_PARTITION' || batch.attempts <= MAX_UNKNOWN_TOPIC_ATTEMPTS
  }

  async #retryLater(error: Error): Promise<void> {
    if (!(error instanceof ApiNotSupported)) this.#options.onTrouble?.(error)
    await this.#backoff.wait(this.#closed.signal).catch(() => undefined)
    this.#pumpSoon()
  }

  #fail(batch: OutgoingBatch | undefined, error: Error): void {
    if (batch === undefined) return
    this.#failure ??= error
    this.#forget(batch)
    batch.reject(error)
  }

  #forget(batch: OutgoingBatch): void {
    this.#undelivered.delete(batch)
    this.#bufferedBytes -= batch.sizeBytes
    if (!this.isFull) this.#roomMade.notify()
  }
}

function closedProducer(): Error {
  return new Error('the producer was closed')
}
