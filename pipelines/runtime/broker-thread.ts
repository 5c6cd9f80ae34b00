import { parentPort, workerData } from 'node:worker_threads'
import { type Broker, startBroker } from '../../broker/broker.ts'
import { FileStorage } from '../../broker/log/file-storage.ts'
import { systemClock } from '../../broker/system-clock.ts'
import type { ErrorCode } from '../../schemas/error-codes.ts'
import type { LogFields, Logger } from '../../schemas/runtime.ts'
import { toStoplogError } from '../../schemas/stoplog-error.ts'
import type { BrokerOptions, Durability } from '../../broker/options.ts'

/** What the thread is started with. */
export interface BrokerThreadStart {
  readonly folder: string
  readonly host: string
  readonly port: number
  readonly advertisedHost: string
  readonly durability: Durability
  /** Null: offsets of groups never expire. */
  readonly offsetsRetentionMs: number | null
  readonly initialRebalanceDelayMs: number
  readonly properties: Partial<BrokerOptions>
}

/** What the thread tells: that it listens, or why not; lines for the log; that the disk has failed; that it is done. */
export type BrokerThreadReport =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'refused' | 'fatal'; readonly code: ErrorCode; readonly message: string; readonly where?: string }
  | { readonly type: 'log'; readonly level: keyof Logger; readonly message: string; readonly fields: LogFields }
  | { readonly type: 'closed' }

function report(message: BrokerThreadReport): void {
  parentPort?.postMessage(message)
}

function failure(type: 'refused' | 'fatal', thrown: unknown, code?: ErrorCode): BrokerThreadReport {
  const error = toStoplogError(thrown)
  return {
    type,
    code: code !== undefined && error.code === 'E_BUG' ? code : error.code,
    message: error.message,
    ...(error.where === undefined ? {} : { where: error.where }),
  }
}

const logger: Logger = {
  info: (message, fields = {}) => report({ type: 'log', level: 'info', message, fields }),
  warn: (message, fields = {}) => report({ type: 'log', level: 'warn', message, fields }),
  error: (message, fields = {}) => report({ type: 'log', level: 'error', message, fields }),
}

/** The broker of `pipeline run` and `pipeline broker`, on a thread of its own. */
async function serve(start: BrokerThreadStart): Promise<void> {
  let broker: Broker
  try {
    broker = await startBroker({
      ...start,
      ...start.properties,
      storage: new FileStorage(start.folder),
      clock: systemClock,
      logger,
      onFatal: (error) => report(failure('fatal', error, 'E_DISK')),
    })
  } catch (error) {
    report(failure('refused', error, 'E_DISK'))
    parentPort?.close()
    return
  }
  parentPort?.on('message', () => {
    broker
      .close()
      .then(
        () => report({ type: 'closed' }),
        (error: unknown) => report(failure('fatal', error, 'E_DISK')),
      )
      // Whatever has failed, the thread ends: somebody waits for that.
      .finally(() => parentPort?.close())
  })
  report({ type: 'listening', port: broker.port })
}

await serve(workerData as BrokerThreadStart)
