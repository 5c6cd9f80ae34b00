import type { Durability } from '../../broker/options.ts'
import type { Logger } from '../../schemas/runtime.ts'
import type { Plan } from '../graph/plan.ts'
import type { NodeStatus } from '../runtime/node-status.ts'
import { toNodeError } from '../runtime/node-error.ts'
import { measureDisk } from '../runtime/disk-guard.ts'
import type { CliIo, StopSignal } from './cli-io.ts'
import { usage } from './command-line.ts'
import { dataFolderOf, showPath } from './data-folder.ts'
import { areSound } from './documents.ts'
import { EXIT, exitCodeOfSignal } from './exit-code.ts'
import { createJsonLogger, createLineLogger } from './json-logger.ts'
import { LiveStatus } from './live-status.ts'
import { loadNamedDocuments, type NamedDocuments } from './named-documents.ts'
import { reportNodes } from './node-report.ts'
import { parseDurability, parsePort, parseProperties } from './option-values.ts'
import { done, exitCodeOfAll, failed, type Outcome } from './outcome.ts'
import { formatProblem, problemAt, type Problem } from './problem.ts'
import { parseReread } from './reread.ts'
import type { RunCall } from './run-hints.ts'
import { describeRun, type EndedRun } from './run-report.ts'
import { StopSignals } from './stop-signals.ts'
import { Session } from './session.ts'
import { shellLine } from './shell-word.ts'
import { statusLines } from './status-lines.ts'
import { variableWords } from './variable-words.ts'
import type { VariableOptions } from './variables.ts'

interface RunOptions extends VariableOptions {
  readonly 'data-dir': string | undefined
  readonly port: string | undefined
  readonly durability: string | undefined
  readonly property: readonly string[]
  readonly reread: readonly string[]
  readonly json: boolean
}

/** What is decided before anything is started. */
interface Prepared {
  readonly plans: readonly Plan[]
  readonly warnings: readonly Problem[]
  readonly dataFolder: string
  readonly port: number
  readonly durability: Durability
  readonly properties: Readonly<Record<string, string>>
  readonly reread: ReadonlyMap<string, readonly string[]>
  readonly call: RunCall
  readonly json: boolean
}

/** `run`: loads, starts, waits, and says what has happened. */
export async function runPipelines(
  { operands, options }: { readonly operands: readonly string[]; readonly options: RunOptions },
  io: CliIo,
): Promise<Outcome> {
  const loaded = await loadNamedDocuments(operands, options, { requireSecrets: true }, io)
  if (!areSound(loaded)) return failed(loaded.problems)
  const prepared = prepare(operands, loaded, options, io)
  const signals = new StopSignals(io)
  try {
    // Whoever asks twice does not want to wait, not even for the summary.
    return await Promise.race([runPrepared(prepared, signals, io), signals.second.then(endedAtOnce)])
  } finally {
    signals.close()
  }
}

function prepare(
  operands: readonly string[],
  { files, documents, problems }: NamedDocuments,
  options: RunOptions,
  { cwd, program }: CliIo,
): Prepared {
  const plans = documents.flatMap(({ plan }) => plan ?? [])
  const dataFolder = dataFolderOf(files, options['data-dir'], cwd)
  const { port, durability } = options
  const single = Object.entries({ 'data-dir': options['data-dir'], port, durability })
  const repeated = [
    ...single.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value])),
    ...options.property.flatMap((text) => ['--property', text]),
  ]
  const prepared = {
    plans,
    warnings: problems,
    dataFolder,
    port: parsePort(port, 0),
    durability: parseDurability(durability),
    properties: parseProperties(options.property),
    reread: parseReread(options.reread, plans),
    json: options.json,
    call: {
      program,
      cwd,
      operands,
      dataFolder,
      options: shellLine(repeated),
      variables: variableWords(
        options,
        documents.flatMap(({ resolved }) => resolved ?? []),
      ),
    },
  }
  if (options.json && writesToStdout(plans)) {
    throw usage(
      '--json and a sink `stdout` both want the standard output',
      'leave --json out, or let the sink write to a file',
    )
  }
  return prepared
}

async function runPrepared(prepared: Prepared, signals: StopSignals, io: CliIo): Promise<Outcome> {
  const { plans, warnings, json, call } = prepared
  const startedMs = io.clock.now()
  if (!json) for (const warning of warnings) await io.stderr.write(`${formatProblem(warning)}\n`)
  const started: { session: Session | null } = { session: null }
  const status = new LiveStatus(io, (width) => liveLines(started.session, width))
  const logger = createRunLogger(status, json, io)
  let problems: readonly Problem[] = []
  let topicNames: readonly string[] = []
  try {
    started.session = await Session.open({ ...prepared, logger }, io)
    const { session } = started
    await session.start()
    announce(session, prepared, logger, io)
    if (usesTerminal(json, io)) void status.run()
    const fatal = await untilEnded(session, signals)
    if (signals.received !== null && fatal === null) await session.stop()
    problems = fatal === null ? [] : [fatal]
    topicNames = fatal === null ? await session.topicNames().catch(() => []) : []
  } catch (error) {
    problems = [toNodeError(error)]
  } finally {
    await started.session?.close()
    status.stop()
  }
  const usesOwnBroker = (started.session?.brokerAddress ?? null) !== null
  const ended: EndedRun = {
    plans,
    runs: started.session?.runs ?? [],
    problems,
    signal: signals.received,
    elapsedMs: io.clock.now() - startedMs,
    topicNames,
    call,
    data: usesOwnBroker ? await measure(prepared.dataFolder) : null,
    width: io.stdout.columns,
  }
  return await toOutcome(ended, prepared, io)
}

/** Resolves with the error of a broker that can serve no more; with null when the run has ended or is to stop. */
async function untilEnded(session: Session, signals: StopSignals): Promise<Problem | null> {
  return await Promise.race([session.finished().then(() => null), session.fatal, signals.first.then(() => null)])
}

async function toOutcome(ended: EndedRun, { json, warnings, plans }: Prepared, io: CliIo): Promise<Outcome> {
  const { problems, signal } = ended
  const stopped = ended.runs.flatMap(({ plan, statuses }) => stoppedNodes(plan, statuses, io.cwd))
  const errors: readonly Problem[] = [...problems, ...stopped]
  const { text, summary, result } = describeRun(ended)
  // Events are on the standard output then, and nothing else.
  const asideText = !json && writesToStdout(plans)
  if (asideText) await io.stderr.write(text)
  const outcome = { summary, result, problems: [...(json ? warnings : []), ...errors], text: asideText ? '' : text }
  if (signal !== null && problems.length === 0) return { ...outcome, exitCode: exitCodeOfSignal(signal) }
  return errors.length === 0 ? done(outcome) : { ...outcome, exitCode: Math.max(exitCodeOfAll(errors), EXIT.failed) }
}

/** Why nodes have stopped, with their places in the document. */
function stoppedNodes(plan: Plan, statuses: readonly NodeStatus[], cwd: string): readonly Problem[] {
  const nodes = [...plan.sources, ...plan.streams, ...plan.sinks]
  return statuses.flatMap(({ name, state, error }) => {
    if (state !== 'stopped' || error === null) return []
    const path = nodes.find((node) => node.name === name)?.path ?? name
    return [problemAt(error, showPath(plan.file, cwd), path)]
  })
}

function endedAtOnce(signal: StopSignal): Outcome {
  return { ...done({ summary: `ended at once by ${signal}` }), exitCode: exitCodeOfSignal(signal) }
}

function liveLines(session: Session | null, width: number): readonly string[] {
  return (session?.runs ?? []).flatMap(({ plan, statuses }) => statusLines(reportNodes(plan, statuses), width))
}

/** Where the broker is and where its data, which other programs need to know, and whether the run ends by itself. */
function announce(session: Session, { plans, dataFolder, durability }: Prepared, logger: Logger, { cwd }: CliIo): void {
  const pipelines = plans.map(({ pipeline }) => pipeline).join(', ')
  const { brokerAddress } = session
  // What is promised by default needs no words; less is said every time.
  const less = durability === 'interval' ? { durability } : {}
  const embedded = brokerAddress === null ? {} : { broker: brokerAddress, data: showPath(dataFolder, cwd), ...less }
  const ends = plans.every(readsToAnEnd) ? 'when all is read' : 'when it is stopped (Ctrl-C)'
  logger.info('running', { pipelines, ...embedded, ends })
}

function readsToAnEnd({ sources }: Plan): boolean {
  return sources.every(({ plugin: { definition }, config }) => definition.mode === 'pull' && definition.bounded(config))
}

function usesTerminal(json: boolean, { stderr }: CliIo): boolean {
  return stderr.isTerminal && !json
}

/** Lines above the live status on a terminal, JSON lines elsewhere. */
function createRunLogger(status: LiveStatus, json: boolean, io: CliIo): Logger {
  if (usesTerminal(json, io)) return createLineLogger((line) => status.log(line))
  return createJsonLogger((line) => void io.stderr.write(line), io.clock)
}

function writesToStdout(plans: readonly Plan[]): boolean {
  return plans.some(({ sinks }) => sinks.some(({ plugin }) => plugin.definition.type === 'stdout'))
}

async function measure(folder: string): Promise<{ folder: string; bytes: number }> {
  const { usedBytes } = await measureDisk(folder)
  return { folder, bytes: usedBytes }
}
