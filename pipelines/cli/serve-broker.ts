import { isIP } from 'node:net'
import type { Durability } from '../../broker/options.ts'
import type { Logger } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { CliIo, StartedBroker } from './cli-io.ts'
import { dataFolderOf, showPath } from './data-folder.ts'
import { Deferred } from './deferred.ts'
import { exitCodeOfSignal } from './exit-code.ts'
import { createJsonLogger, createLineLogger } from './json-logger.ts'
import { parseDurability, parsePort, parseProperties } from './option-values.ts'
import { done, failed, type Outcome } from './outcome.ts'
import { StopSignals } from './stop-signals.ts'

interface BrokerOptions {
  readonly 'data-dir': string | undefined
  readonly port: string | undefined
  readonly host: string | undefined
  readonly 'advertised-host': string | undefined
  readonly durability: string | undefined
  readonly property: readonly string[]
  readonly insecure: boolean
}

/** Kafka's own port, which clients expect. */
const DEFAULT_PORT = 9_092

/** Kafka's: how long an empty group waits for more members. */
const INITIAL_REBALANCE_DELAY_MS = 3_000

/** `broker`: serves until a signal comes, or the disk fails. */
export async function serveBroker({ options }: { readonly options: BrokerOptions }, io: CliIo): Promise<Outcome> {
  const host = options.host ?? '127.0.0.1'
  const isOpen = !isLoopback(host)
  if (isOpen && !options.insecure) {
    throw new StoplogError('E_INSECURE', `whoever reaches ${host} could read and write everything`, { where: '--host' })
  }
  const durability = parseDurability(options.durability)
  const logger = createLogger(io)
  const folder = dataFolderOf([], options['data-dir'], io.cwd)
  const signals = new StopSignals(io)
  const fatal = new Deferred<StoplogError>()
  try {
    const broker = await io.startBroker({
      folder,
      host,
      port: parsePort(options.port, DEFAULT_PORT),
      ...(options['advertised-host'] === undefined ? {} : { advertisedHost: options['advertised-host'] }),
      durability,
      properties: parseProperties(options.property),
      // Whoever stays away for long goes on where it was: Kafka forgets after a week.
      offsetsRetentionMs: null,
      initialRebalanceDelayMs: INITIAL_REBALANCE_DELAY_MS,
      logger,
      onFatal: fatal.resolve,
    })
    if (isOpen) logger.warn('anybody who reaches this address can read and write everything', { host })
    await io.stdout.write(describeBroker(broker, showPath(folder, io.cwd), durability))
    return await untilStopped(broker, signals, fatal.promise)
  } finally {
    signals.close()
  }
}

async function untilStopped(
  broker: StartedBroker,
  signals: StopSignals,
  fatal: Promise<StoplogError>,
): Promise<Outcome> {
  const ended = await Promise.race([signals.first, fatal])
  if (ended instanceof StoplogError) {
    await broker.close()
    return failed([ended])
  }
  const closed = broker.close().then(() => ended)
  const signal = await Promise.race([closed, signals.second])
  return { ...done({ summary: `stopped by ${signal}` }), exitCode: exitCodeOfSignal(signal) }
}

/** What a client needs to know, and what it must not expect. */
function describeBroker({ address }: StartedBroker, folder: string, durability: Durability): string {
  const promise =
    durability === 'commit'
      ? 'commit: an answer means that the disk has it'
      : 'interval: an answer means that the disk will have it within a second; a loss of power can lose that'
  return [
    `broker      ${address}`,
    `data        ${folder}`,
    `durability  ${promise}`,
    'copies      one: this broker does not replicate',
    '',
  ].join('\n')
}

function createLogger(io: CliIo): Logger {
  const write = (line: string): void => void io.stderr.write(line)
  return io.stderr.isTerminal ? createLineLogger(write) : createJsonLogger(write, io.clock)
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}
