import { join } from 'node:path'
import type { Plan } from '../graph/plan.ts'
import { deadLetterTopic } from '../graph/topic-names.ts'
import { DEFAULT_DATA_FOLDER, showPath } from './data-folder.ts'
import type { NodeReport } from './node-report.ts'
import { nothingNew, type SummaryLine } from './run-summary.ts'
import { shellLine } from './shell-word.ts'
import { counted } from './text-layout.ts'

/** How a run was called, as far as the commands that it prints have to repeat it. */
export interface RunCall {
  readonly program: string
  readonly cwd: string
  /** What stood behind `run`. */
  readonly operands: readonly string[]
  /** Absolute path of the data directory. */
  readonly dataFolder: string
  /** Options that choose the data directory, the port and the like, as a shell reads them. */
  readonly options: string
  /** Options that give values to variables, as a shell reads them; secrets are left to be filled in. */
  readonly variables: string
}

/** Commands that look into what a pipeline has made. All of them work when they are pasted. */
export function lookHints(
  plan: Plan,
  nodes: readonly NodeReport[],
  topicNames: readonly string[],
  call: RunCall,
): readonly SummaryLine[] {
  const isOnly = (topic: string, ending: string): boolean =>
    topic.endsWith(ending) && !topicNames.some((other) => other !== topic && other.endsWith(ending))
  const hints: SummaryLine[] = []
  const shown = plan.streams[0] ?? plan.sources[0]
  const hasEvents = nodes.some(({ name, counts }) => name === shown?.name && counts.out > 0)
  if (shown !== undefined && (hasEvents || nothingNew(nodes) !== null)) {
    const name = isOnly(shown.topic, `.${shown.name}`) ? shown.name : shown.topic
    const command = `${call.program} consume ${name} --limit 3${placeWords(plan, call)}`
    hints.push({ label: 'look', command })
  }
  for (const { name, counts } of nodes) {
    if (counts.dead === 0) continue
    const isShort = isOnly(deadLetterTopic(plan.pipeline, name), `._${name}-dead-letters`)
    const node = isShort ? name : `${plan.pipeline}.${name}`
    const command = `${call.program} dlq show ${node}${placeWords(plan, call)}`
    hints.push({ label: `why ${counts.dead} dead`, command })
  }
  return hints
}

/** Where the dead letters are that earlier runs have left: the numbers of this run do not hold them. */
export function earlierHint(plan: Plan, deadLetters: number, call: RunCall): readonly SummaryLine[] {
  if (deadLetters === 0) return []
  return [{ label: `${deadLetters} dead before`, command: `${call.program} dlq ls${placeWords(plan, call)}` }]
}

/** How to read again what was read; nothing where no source can. */
export function rereadHint(
  plans: readonly Plan[],
  nodes: readonly NodeReport[],
  call: RunCall,
): readonly SummaryLine[] {
  const sources = plans.flatMap((plan) =>
    plan.sources
      .filter(({ plugin }) => plugin.definition.mode === 'pull')
      .map(({ name }) => (plans.length > 1 ? `${plan.pipeline}.${name}` : name)),
  )
  const documents = nodes.reduce((sum, { counts }) => sum + counts.read + counts.alreadyRead, 0)
  if (sources.length === 0 || documents === 0) return []
  const words = ['run', ...call.operands, ...sources.flatMap((source) => ['--reread', source])]
  const line = [call.program, shellLine(words), call.options, call.variables].filter((part) => part !== '').join(' ')
  if (nothingNew(nodes) !== null) return [{ label: 'again', command: line }]
  const skipped = documents === 1 ? 'the document is' : `the ${counted(documents, 'document')} are`
  return [
    { label: 'again', command: line },
    { label: '', parts: [`(without --reread, ${skipped} skipped: already read)`] },
  ]
}

/** How a command finds the same topics. */
function placeWords(plan: Plan, { cwd, dataFolder, variables }: RunCall): string {
  if (plan.broker.kind === 'cluster') {
    return [` ${shellLine(['-f', showPath(plan.file, cwd)])}`, variables].filter((part) => part !== '').join(' ')
  }
  if (dataFolder === join(cwd, DEFAULT_DATA_FOLDER)) return ''
  return ` ${shellLine(['--data-dir', showPath(dataFolder, cwd)])}`
}
