import { initProducerId } from '../protocol/messages/init-producer-id.ts'
import { type BatchIdentity, NO_PRODUCER } from '../protocol/record-batch.ts'
import type { Cluster } from './cluster.ts'
import { expectSuccess } from './client-error.ts'

const SEQUENCES = 2_147_483_648

/**
 * Who an idempotent producer is (KIP-98): the id that the broker gave it, and for each partition the sequence of the
 * next record. A new id begins all sequences anew.
 */
export class ProducerIdentity {
  readonly #cluster: Cluster
  readonly #isIdempotent: boolean
  #current: { readonly producerId: number; readonly producerEpoch: number } | null = null
  #nextSequences = new Map<string, number>()

  constructor(cluster: Cluster, isIdempotent: boolean) {
    this.#cluster = cluster
    this.#isIdempotent = isIdempotent
  }

  /** Asks the broker for an id unless there is one. Rejects when no broker answers. */
  async ensure(): Promise<void> {
    if (!this.#isIdempotent || this.#current !== null) return
    const connection = await this.#cluster.anyBroker()
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const { errorCode, producerId, producerEpoch } = await connection.send(initProducerId, request)
    expectSuccess(errorCode, 'producer id')
    this.#current = { producerId, producerEpoch }
  }

  /** The broker knows no more of us, or something else: begin anew with another id. */
  forget(): void {
    this.#current = null
    this.#nextSequences = new Map()
  }

  /** The place of a batch in its partition; taken when it is first sent, and kept over its attempts. */
  take(topicPartition: string, count: number): BatchIdentity {
    if (this.#current === null) return NO_PRODUCER
    const baseSequence = this.#nextSequences.get(topicPartition) ?? 0
    this.#nextSequences.set(topicPartition, (baseSequence + count) % SEQUENCES)
    return { ...this.#current, baseSequence, isTransactional: false }
  }

  /** True when the identity was taken from the id that is used now. */
  isCurrent(identity: BatchIdentity): boolean {
    return identity.producerId === (this.#current?.producerId ?? -1)
  }
}
