import { Admin } from '../../broker/client/admin.ts'
import { Cluster } from '../../broker/client/cluster.ts'
import type { Durability } from '../../broker/options.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import type { Logger, Metrics } from '../../schemas/runtime.ts'
import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import type { Plan } from '../graph/plan.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { DiskGuard, measureDisk } from '../runtime/disk-guard.ts'
import { pinningGroup } from '../runtime/pinning-group.ts'
import { PipelineRun } from '../runtime/pipeline-run.ts'
import type { CliIo, StartedBroker } from './cli-io.ts'
import { Deferred } from './deferred.ts'

export interface SessionOptions {
  readonly plans: readonly Plan[]
  /** Absolute path of the data directory; used where a plan wants the bundled broker. */
  readonly dataFolder: string
  /** 0 takes a free one. */
  readonly port: number
  readonly durability: Durability
  /** Of the bundled broker, by their names in Kafka. */
  readonly properties: Readonly<Record<string, string>>
  /** Sources to read again, for each pipeline. */
  readonly reread: ReadonlyMap<string, readonly string[]>
  readonly logger: Logger
}

/** What a session needs of the world around it. */
export type SessionWorld = Pick<CliIo, 'clock' | 'startBroker'>

/** Nobody asks for them yet. */
const NO_METRICS: Metrics = { count: () => undefined }

/** The pipelines of one `run`, and the broker that they share. */
export class Session {
  readonly runs: PipelineRun[] = []
  /** Of the bundled broker; null where all documents name another. */
  readonly brokerAddress: string | null
  /** Resolves when the broker can serve nobody any more. */
  readonly fatal: Promise<StoplogError>
  readonly #options: SessionOptions
  readonly #io: SessionWorld
  readonly #broker: StartedBroker | null
  readonly #closed = new AbortController()
  readonly #guards = new Map<string, DiskGuard>()

  private constructor(
    options: SessionOptions,
    io: SessionWorld,
    broker: StartedBroker | null,
    fatal: Promise<StoplogError>,
  ) {
    this.#options = options
    this.#io = io
    this.#broker = broker
    this.brokerAddress = broker?.address ?? null
    this.fatal = fatal
  }

  /** Starts the broker that is needed. Rejects with the broker's error; then nothing is left behind. */
  static async open(options: SessionOptions, io: SessionWorld): Promise<Session> {
    const fatal = new Deferred<StoplogError>()
    for (const { broker } of options.plans) {
      if (broker.kind === 'cluster') await checkReachable(broker.bootstrapServers, io)
    }
    const broker = options.plans.some(({ broker: { kind } }) => kind === 'embedded')
      ? await io.startBroker({
          folder: options.dataFolder,
          host: '127.0.0.1',
          port: options.port,
          durability: options.durability,
          properties: options.properties,
          offsetsRetentionMs: null,
          initialRebalanceDelayMs: 0,
          logger: options.logger,
          onFatal: fatal.resolve,
        })
      : null
    return new Session(options, io, broker, fatal.promise)
  }

  /**
   * Starts the pipelines, one after the other. Rejects with the error of the first that cannot be started, or of the
   * broker when it is lost meanwhile.
   */
  async start(): Promise<void> {
    const lost = await Promise.race([this.#startAll().then(() => null), this.fatal])
    if (lost !== null) throw lost
  }

  async #startAll(): Promise<void> {
    for (const plan of this.#options.plans) this.runs.push(await this.#startRun(plan))
  }

  /** Resolves when all pipelines have ended. */
  async finished(): Promise<void> {
    await Promise.all(this.runs.map((run) => run.finished()))
  }

  /** Lets all pipelines finish what is in flight; those that take longer than they may are broken off. */
  async stop(): Promise<void> {
    await Promise.all(this.runs.map((run) => this.#stopInTime(run)))
  }

  /** Breaks off whatever still works, and closes the broker. Never rejects. */
  async close(): Promise<void> {
    this.#closed.abort()
    await Promise.allSettled(this.runs.map((run) => run.abort()))
    await this.#broker?.close().catch((error: unknown) => {
      const { code, message } = toStoplogError(error)
      this.#options.logger.error('the broker has not closed well', { code, reason: message })
    })
  }

  /** Names of all topics of the bundled broker; empty where there is none. */
  async topicNames(): Promise<readonly string[]> {
    const address = this.brokerAddress
    if (address === null) return []
    const cluster = new Cluster({ bootstrapServers: [address], clientId: 'stoplog', clock: this.#io.clock })
    try {
      return (await new Admin(cluster).topics()).map(({ name }) => name)
    } finally {
      await cluster.close()
    }
  }

  async #startRun(plan: Plan): Promise<PipelineRun> {
    const isEmbedded = plan.broker.kind === 'embedded'
    const run = await PipelineRun.start(plan, {
      bootstrapServers: plan.broker.kind === 'cluster' ? plan.broker.bootstrapServers : [this.brokerAddress ?? ''],
      clock: this.#io.clock,
      logger: this.#options.logger,
      metrics: NO_METRICS,
      expressions: createExpressions(),
      reread: this.#options.reread.get(plan.pipeline) ?? [],
      isHeldBack: () => this.#guards.get(plan.pipeline)?.isFull ?? false,
    })
    if (isEmbedded) this.#guard(plan, run)
    return run
  }

  /** Sources wait while the data directory is as large as the document allows. */
  #guard(plan: Plan, { context }: PipelineRun): void {
    const { clock } = this.#io
    const { logger, dataFolder } = this.#options
    const guard = new DiskGuard({
      bound: plan.maxDisk,
      clock,
      logger,
      measure: () => measureDisk(dataFolder),
      whoPins: async () => (await pinningGroup(context)).group,
    })
    this.#guards.set(plan.pipeline, guard)
    guard.watch(this.#closed.signal).catch((error: unknown) => {
      logger.warn('the data directory cannot be measured', { reason: toStoplogError(error).message })
    })
  }

  async #stopInTime(run: PipelineRun): Promise<void> {
    const { shutdownTimeoutMs, pipeline } = run.plan
    const inTime = new AbortController()
    const timeout = this.#io.clock.sleep(shutdownTimeoutMs, inTime.signal).then(
      () => true,
      () => false,
    )
    const isLate = await Promise.race([run.stop().then(() => false), timeout])
    inTime.abort()
    if (isLate) {
      const fields = { pipeline, fix: 'what was in flight is done again by the next run' }
      this.#options.logger.warn('shutdown_timeout is over: what still works is broken off', fields)
    }
    await run.abort()
  }
}

/** Rejects with E_BROKER_UNREACHABLE when no address answers, which is better said before anything is started. */
export async function checkReachable(servers: readonly string[], { clock }: Pick<CliIo, 'clock'>): Promise<void> {
  const requestTimeoutMs = PIPELINE_LIMITS.brokerAnswerMs.default
  const cluster = new Cluster({ bootstrapServers: servers, clientId: 'stoplog', clock, requestTimeoutMs })
  try {
    await cluster.refresh([])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_BROKER_UNREACHABLE', `no broker answers at ${servers.join(', ')}: ${reason}`, {
      where: servers.join(', '),
      cause: error,
    })
  } finally {
    await cluster.close()
  }
}
