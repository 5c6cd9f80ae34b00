import type { Json } from '../../schemas/json.ts'
import type { Plan } from '../graph/plan.ts'
import type { PathGuarantee } from '../graph/guarantee.ts'
import { irreversibleActs } from './irreversible.ts'
import { counted, wrapIndented } from './text-layout.ts'

/** What a sound document promises, for people: the guarantee of each way from a source to a sink. */
export function formatValidation(file: string, plan: Plan, width: number): string {
  const { sources, streams, sinks, guarantees } = plan
  const size = [counted(sources.length, 'source'), counted(streams.length, 'stream'), counted(sinks.length, 'sink')]
  const lines = [`${file}: sound  (${plan.pipeline}: ${size.join(', ')})`]
  for (const guarantee of guarantees) {
    lines.push(wrapIndented(guarantee.path.join(' → '), width, 2), wrapIndented(guarantee.words, width, 6))
  }
  const acts = irreversibleActs(plan)
  if (acts.length > 0) lines.push('  cannot be undone', ...acts.map((act) => wrapIndented(act, width, 6)))
  return `${lines.join('\n')}\n`
}

export function validationToJson(file: string, plan: Plan | null): Json {
  if (plan === null) return { file, sound: false }
  return {
    file,
    sound: true,
    pipeline: plan.pipeline,
    guarantees: plan.guarantees.map(guaranteeToJson),
    irreversible: irreversibleActs(plan),
    topics: plan.topics.map(({ name, purpose, node, partitions }) => ({ name, purpose, node, partitions })),
  }
}

function guaranteeToJson({ source, sink, path, level, words }: PathGuarantee): Json {
  return { source, sink, path, level, words }
}
