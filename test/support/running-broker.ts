import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../../broker/broker.ts'
import { Cluster } from '../../broker/client/cluster.ts'
import { FileStorage } from '../../broker/log/file-storage.ts'
import type { BrokerOptions } from '../../broker/options.ts'
import { systemClock } from '../../broker/system-clock.ts'
import { KeptLog } from './kept-log.ts'

/** A broker on a folder and a port of its own, and a client of it. */
export class RunningBroker {
  readonly folder: string
  readonly logger: KeptLog
  readonly fatal: Error[]
  broker: Broker
  readonly #options: Partial<BrokerOptions>
  readonly #clusters: Cluster[] = []

  private constructor(
    folder: string,
    options: Partial<BrokerOptions>,
    running: { readonly broker: Broker; readonly logger: KeptLog; readonly fatal: Error[] },
  ) {
    this.folder = folder
    this.#options = options
    this.broker = running.broker
    this.logger = running.logger
    this.fatal = running.fatal
  }

  static async start(options: Partial<BrokerOptions> = {}): Promise<RunningBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'stoplog-test-'))
    const logger = new KeptLog()
    const fatal: Error[] = []
    const broker = await open(folder, options, logger, fatal)
    return new RunningBroker(folder, options, { broker, logger, fatal })
  }

  get address(): string {
    return `${this.broker.host}:${this.broker.port}`
  }

  /** A client; closed with the broker. */
  cluster(): Cluster {
    const cluster = new Cluster({ bootstrapServers: [this.address], clientId: 'test', clock: systemClock })
    this.#clusters.push(cluster)
    return cluster
  }

  /** Stops it and starts it again on the same folder and port; what happens to its files meanwhile may be said. */
  async restart(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const { port } = this.broker
    await this.broker.close()
    await meanwhile()
    this.broker = await open(this.folder, { ...this.#options, port }, this.logger, this.fatal)
  }

  async stop(): Promise<void> {
    for (const cluster of this.#clusters) await cluster.close()
    await this.broker.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

function open(folder: string, options: Partial<BrokerOptions>, logger: KeptLog, fatal: Error[]): Promise<Broker> {
  return startBroker({
    storage: new FileStorage(folder),
    clock: systemClock,
    logger,
    onFatal: (error) => fatal.push(error),
    port: 0,
    initialRebalanceDelayMs: 0,
    ...options,
  })
}
