import { dirname, join, resolve } from 'node:path'
import type { Durability } from '../broker/options.ts'
import { systemClock } from '../broker/system-clock.ts'
import type { Logger } from '../schemas/runtime.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { DEFAULT_DATA_FOLDER } from './cli/data-folder.ts'
import { loadDocuments } from './cli/documents.ts'
import { type NodeReport, reportNodes } from './cli/node-report.ts'
import { WrongDocument } from './cli/outcome.ts'
import { Session } from './cli/session.ts'
import { EmbeddedBroker } from './runtime/embedded-broker.ts'
import type { Plugins } from './config/plugin-registry.ts'

export interface RunPipelineOptions {
  /** Data directory of the bundled broker. Default: `.stoplog` beside the document. */
  readonly dataDir?: string
  /** Port of the bundled broker; default: any that is free. */
  readonly port?: number
  readonly durability?: Durability
  /** Properties of the bundled broker, by their names in Kafka. */
  readonly properties?: Readonly<Record<string, string>>
  /** Values for `${var:…}`. */
  readonly vars?: Readonly<Record<string, string>>
  /** Values for `${env:…}`; default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Sources and sinks and steps that the document may name besides the built-in ones. */
  readonly plugins?: Partial<Plugins>
  /** Sources whose input is read again. */
  readonly reread?: readonly string[]
  /** Default: says nothing. */
  readonly logger?: Logger
  /** Ends the run in order, within the document's `shutdown_timeout`. */
  readonly signal?: AbortSignal
}

export interface PipelineOutcome {
  readonly pipeline: string
  /** What each node has done. A node that has stopped says so in `state` and `error`. */
  readonly nodes: readonly NodeReport[]
}

export { WrongDocument as InvalidDocument }

const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Runs one document until its input ends, or the signal aborts. Rejects with InvalidDocument, which has a diagnostic
 * for everything that is wrong, or with a StoplogError when the surroundings are.
 */
export async function runPipeline(file: string, options: RunPipelineOptions = {}): Promise<PipelineOutcome> {
  const { vars = {}, env = process.env, plugins = {}, signal } = options
  const world = { cwd: process.cwd(), env }
  const { documents, problems } = await loadDocuments([file], { vars, requireSecrets: true, plugins }, world)
  const plan = documents[0]?.plan ?? null
  if (plan === null) throw new WrongDocument(problems)
  const session = await Session.open(
    {
      plans: [plan],
      dataFolder:
        options.dataDir === undefined ? join(dirname(resolve(file)), DEFAULT_DATA_FOLDER) : resolve(options.dataDir),
      port: options.port ?? 0,
      durability: options.durability ?? 'commit',
      properties: options.properties ?? {},
      reread: new Map([[plan.pipeline, options.reread ?? []]]),
      logger: options.logger ?? SILENT,
    },
    { clock: systemClock, startBroker: (start) => EmbeddedBroker.start(start) },
  )
  try {
    await session.start()
    const ended = await Promise.race([session.finished(), session.fatal, untilAborted(signal)])
    if (ended instanceof StoplogError) throw ended
    if (signal?.aborted === true) await session.stop()
  } finally {
    await session.close()
  }
  const statuses = session.runs.flatMap((run) => run.statuses)
  return { pipeline: plan.pipeline, nodes: reportNodes(plan, statuses) }
}

async function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return
  await new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => resolve(), { once: true })
  })
}
