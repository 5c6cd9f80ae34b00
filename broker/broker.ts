import { randomUUID } from 'node:crypto'
import type { BrokerContext, BrokerIdentity } from './broker-context.ts'
import { GroupCoordinator } from './groups/group-coordinator.ts'
import { createScheduler } from './groups/scheduler.ts'
import { createHandlers } from './handlers/index.ts'
import { BROKER_LIMITS } from './limits.ts'
import { openLogStore } from './log/log-recovery.ts'
import { type LogStore, logStartKey } from './log/log-store.ts'
import { retentionOffset } from './log/retention.ts'
import { type BrokerOptions, type BrokerSettingsFull, withDefaults } from './options.ts'
import { prepareCompression } from './protocol/compression.ts'
import { ProducerIds } from './producers/producer-ids.ts'
import { FrameMemory } from './protocol/frame-memory.ts'
import { createDispatcher } from './server/dispatch.ts'
import type { HeldBytes } from './server/held-bytes.ts'
import { Listener } from './server/listener.ts'
import { describeLogs, TopicCatalog } from './topics/topic-catalog.ts'

const CLUSTER_ID = 'cluster-id'
/** The broker's number; there is one. */
const NODE_ID = 0

export interface Broker {
  /** Where it listens. */
  readonly host: string
  readonly port: number
  /** Stops to serve, then checkpoints, so that the next start is quick. Idempotent. */
  close(): Promise<void>
}

/**
 * Recovers the data directory, listens and serves. Rejects with a StoplogError when the port is taken or the data
 * cannot be trusted; then nothing is left running.
 */
export async function startBroker(given: BrokerOptions): Promise<Broker> {
  const options = withDefaults(given)
  const { clock, logger } = options
  const memory = new FrameMemory()
  const running: { store: LogStore | null } = { store: null }
  const listener = new Listener({
    host: options.host,
    port: options.port,
    clock,
    logger,
    memory,
    maxConnections: BROKER_LIMITS.maxConnections.default,
    maxRequestBytes: options.maxRequestBytes,
    maxQueuedRequestBytes: BROKER_LIMITS.maxQueuedRequestBytes.default,
    maxHeldBytes: BROKER_LIMITS.maxHeldBytes.default,
    isBehind: () => running.store?.isBehind ?? true,
  })
  await prepareCompression()
  const port = await listener.bind()
  const stopped = new AbortController()
  const fail = (error: Error): void => {
    stopped.abort()
    void listener.close()
    options.onFatal(error)
  }
  try {
    const store = await openStore(options, memory, fail)
    running.store = store
    const context = await createContext(options, store, { port, held: listener.held })
    listener.serve(createDispatcher(createHandlers(context), memory, logger))
    void tend(options, context, stopped.signal, fail)
    let closing: Promise<void> | null = null
    return {
      host: options.host,
      port,
      close() {
        closing ??= (async () => {
          stopped.abort()
          await listener.close()
          context.groups.close()
          await store.close()
        })()
        return closing
      },
    }
  } catch (error) {
    await listener.close()
    throw error
  }
}

function openStore(
  options: BrokerSettingsFull,
  memory: FrameMemory,
  onFatal: (error: Error) => void,
): Promise<LogStore> {
  return openLogStore(
    options.storage,
    {
      clock: options.clock,
      logger: options.logger,
      memory,
      journalFileBytes: options.journalFileBytes,
      tailBytes: options.tailBytes,
      syncBeforeAck: options.durability === 'commit',
      readOnly: false,
      onFatal,
    },
    describeLogs,
  )
}

async function createContext(
  options: BrokerSettingsFull,
  store: LogStore,
  { port, held }: { readonly port: number; readonly held: HeldBytes },
): Promise<BrokerContext> {
  const { clock, logger } = options
  const topics = new TopicCatalog(store, options.topicDefaults)
  const groups = new GroupCoordinator({
    store,
    scheduler: createScheduler(clock),
    logger,
    topics: { hasPartition: (topic, partition) => topics.get(topic)?.partitions[partition] !== undefined },
    options: {
      initialRebalanceDelayMs: options.initialRebalanceDelayMs,
      minSessionTimeoutMs: options.minSessionTimeoutMs,
      offsetsRetentionMs: options.offsetsRetentionMs,
    },
  })
  return {
    identity: await identify(store, options.advertisedHost, port),
    store,
    topics,
    groups,
    producerIds: new ProducerIds(store),
    held,
    clock,
    logger,
    settings: {
      autoCreateTopics: options.autoCreateTopics,
      defaultPartitions: options.defaultPartitions,
      maxPartitions: BROKER_LIMITS.maxPartitions.default,
      maxDecompressedBytes: BROKER_LIMITS.maxDecompressedBytes.default,
      maxFetchBytes: BROKER_LIMITS.maxFetchBytes.default,
      maxFetchWaitMs: BROKER_LIMITS.maxFetchWaitMs.default,
    },
  }
}

/** The cluster id is made once and kept with the data. */
async function identify(store: LogStore, host: string, port: number): Promise<BrokerIdentity> {
  const known = store.get(CLUSTER_ID)
  const clusterId = typeof known === 'string' ? known : Buffer.from(randomUUID()).toString('base64url').slice(0, 22)
  if (known === undefined) await store.write([{ key: CLUSTER_ID, value: clusterId }])
  return { clusterId, nodeId: NODE_ID, host, port }
}

/** What is done from time to time: retention, forgotten producers, and the disk where answers do not wait for it. */
async function tend(
  options: BrokerSettingsFull,
  context: BrokerContext,
  signal: AbortSignal,
  fail: (error: Error) => void,
): Promise<void> {
  const { clock, durability, flushIntervalMs } = options
  const checkMs = BROKER_LIMITS.retentionCheckMs.default
  let nextCheckMs = clock.now() + checkMs
  try {
    while (!signal.aborted) {
      await clock.sleep(durability === 'interval' ? flushIntervalMs : checkMs, signal).catch(() => undefined)
      if (signal.aborted) return
      if (durability === 'interval') await context.store.sync()
      if (clock.now() < nextCheckMs) continue
      nextCheckMs = clock.now() + checkMs
      await applyRetention(context)
    }
  } catch (error) {
    fail(error instanceof Error ? error : new Error(String(error)))
  }
}

async function applyRetention({ store, clock }: BrokerContext): Promise<void> {
  const nowMs = clock.now()
  for (const log of store.logs()) {
    log.producers.expire(nowMs - BROKER_LIMITS.producerIdExpirationMs.default)
    const offset = retentionOffset(log, nowMs)
    if (offset <= log.startOffset) continue
    await store.write([{ key: logStartKey(log.logId), value: offset }])
    await log.deleteBefore(offset)
  }
}
