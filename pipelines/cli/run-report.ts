import type { Json } from '../../schemas/json.ts'
import type { Plan } from '../graph/plan.ts'
import type { PipelineRun } from '../runtime/pipeline-run.ts'
import type { StopSignal } from './cli-io.ts'
import { showPath } from './data-folder.ts'
import { type NodeReport, nodeToJson, reportNodes } from './node-report.ts'
import type { Problem } from './problem.ts'
import { earlierHint, lookHints, rereadHint, type RunCall } from './run-hints.ts'
import { describeData, describeEnding, formatLines, formatSummary } from './run-summary.ts'

/** Everything that is known when a run has ended, however it has. */
export interface EndedRun {
  readonly plans: readonly Plan[]
  /** Those that were started. */
  readonly runs: readonly PipelineRun[]
  /** What ended it from outside of its nodes. */
  readonly problems: readonly Problem[]
  readonly signal: StopSignal | null
  readonly elapsedMs: number
  /** All topics of the bundled broker. */
  readonly topicNames: readonly string[]
  readonly call: RunCall
  /** Null where the broker is not ours. */
  readonly data: { readonly folder: string; readonly bytes: number } | null
  /** Columns of the output. */
  readonly width: number
}

/** The same for people and for programs. */
export function describeRun(ended: EndedRun): { text: string; summary: string; result: Json } {
  const { runs, call, data, elapsedMs } = ended
  const reports = runs.map(({ plan, statuses, earlierDeadLetters }) => {
    return { plan, nodes: reportNodes(plan, statuses), earlierDeadLetters }
  })
  const result: Json = {
    pipelines: reports.map(({ plan, nodes, earlierDeadLetters }) => ({
      pipeline: plan.pipeline,
      file: showPath(plan.file, call.cwd),
      ending: endingOf(nodes, ended),
      earlierDeadLetters,
      nodes: nodes.map(nodeToJson),
    })),
    elapsedMs,
    data: data === null ? null : { folder: data.folder, bytes: data.bytes },
  }
  const summaries = reports.map(({ plan, nodes, earlierDeadLetters }) => {
    const where = data === null ? brokerOf(plan) : describeData(showPath(data.folder, call.cwd), data.bytes)
    const ending = endingOf(nodes, ended)
    const hints = [...lookHints(plan, nodes, ended.topicNames, call), ...earlierHint(plan, earlierDeadLetters, call)]
    return { pipeline: plan.pipeline, ending, elapsedMs, where, nodes, hints }
  })
  const again = rereadHint(
    reports.map(({ plan }) => plan),
    reports.flatMap(({ nodes }) => nodes),
    call,
  )
  const isOne = summaries.length === 1
  const texts = summaries.map((each) =>
    formatSummary(isOne ? { ...each, hints: [...each.hints, ...again] } : each, call.cwd, ended.width),
  )
  if (!isOne && again.length > 0) texts.push(formatLines(again, ended.width))
  const summary = summaries.map(({ pipeline, ending }) => `${pipeline} ${describeEnding(ending, elapsedMs)}`).join(', ')
  return { text: texts.join('\n'), summary, result }
}

function endingOf(nodes: readonly NodeReport[], { signal, problems }: EndedRun): string {
  if (problems.length > 0) return 'broken off'
  if (signal !== null) return `stopped by ${signal}`
  return nodes.some(({ state }) => state === 'stopped') ? 'failed' : 'done'
}

function brokerOf({ broker }: Plan): string {
  return broker.kind === 'cluster' ? `broker: ${broker.bootstrapServers.join(', ')}` : ''
}
