import { setFlagsFromString } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { prepareDataDirectory } from '../../broker/log/data-directory.ts'
import { DirectoryLock } from '../../broker/log/directory-lock.ts'
import { parseServerProperties } from '../../broker/server-properties.ts'
import type { Durability } from '../../broker/options.ts'
import { startModuleWorker } from '../../processors/module-worker.ts'
import type { Logger } from '../../schemas/runtime.ts'
import type { StoplogError } from '../../schemas/stoplog-error.ts'
import type { BrokerThreadStart } from './broker-thread.ts'
import { untilListening } from './until-listening.ts'

export interface EmbeddedBrokerOptions {
  readonly folder: string
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly advertisedHost?: string
  readonly durability: Durability
  readonly offsetsRetentionMs: number | null
  /** How long an empty group waits for more members; 0 where there is one worker. */
  readonly initialRebalanceDelayMs: number
  /** Further properties of the broker, by their names in Kafka: see `broker/server-properties.ts`. */
  readonly properties?: Readonly<Record<string, string>>
  readonly logger: Logger
  /** The broker can serve nobody any more; the process should end. */
  onFatal(error: StoplogError): void
}

/**
 * Size of the thread's heap below which V8 does not collect all of it. Next to nothing lives in it, but the buffers of
 * everything that passes through count as growth: without this every 5 MB of them are followed by a collection, and
 * those take a third of the thread's time.
 */
const BROKER_HEAP_MB = 64

/** The bundled broker on a thread of this process, with the data directory locked for as long as it runs. */
export class EmbeddedBroker {
  readonly address: string
  readonly #worker: Worker
  /** Resolves when the thread is gone, for whatever reason. */
  readonly #ended: Promise<void>
  readonly #lock: DirectoryLock
  #closing: Promise<void> | null = null

  private constructor(address: string, worker: Worker, ended: Promise<void>, lock: DirectoryLock) {
    this.address = address
    this.#worker = worker
    this.#ended = ended
    this.#lock = lock
  }

  /**
   * Takes the data directory, recovers it and listens. Rejects with E_DATA_DIR_IN_USE, E_PORT_IN_USE and the like; then
   * nothing is left behind.
   */
  static async start(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
    const {
      properties = {},
      folder,
      host,
      port,
      advertisedHost = host,
      durability,
      offsetsRetentionMs,
      initialRebalanceDelayMs,
    } = options
    const parsed = parseServerProperties(properties)
    await prepareDataDirectory(folder)
    const lock = await DirectoryLock.acquire(folder)
    const start: BrokerThreadStart = {
      folder,
      host,
      port,
      advertisedHost,
      durability,
      offsetsRetentionMs,
      initialRebalanceDelayMs,
      properties: parsed,
    }
    try {
      setFlagsFromString(`--initial-old-space-size=${BROKER_HEAP_MB}`)
      const worker = startModuleWorker('broker-thread', import.meta.url, { workerData: start })
      const ended = new Promise<void>((resolve) => {
        worker.once('exit', () => resolve())
      })
      const listeningPort = await untilListening(worker, options)
      const address = `${host}:${listeningPort}`
      await lock.announce(address)
      return new EmbeddedBroker(address, worker, ended, lock)
    } catch (error) {
      await lock.release()
      throw error
    }
  }

  /** Checkpoints and stops. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#worker.postMessage('close')
    await this.#ended
    await this.#lock.release()
  }
}
