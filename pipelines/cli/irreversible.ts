import { formatDuration } from '../../schemas/duration.ts'
import type { Plan } from '../graph/plan.ts'

/** Steps that leave something out: in a source, before anything is stored. */
const REMOVING = new Set(['filter', 'map', 'redact', 'remove', 'set', 'split', 'validate'])

/** What a pipeline does that nobody can undo later, in words. */
export function irreversibleActs(plan: Plan): readonly string[] {
  const acts: string[] = []
  for (const { name, steps } of plan.sources) {
    const removing = steps.filter(({ type }) => REMOVING.has(type)).map(({ type }) => type)
    if (removing.length === 0) continue
    acts.push(`${name}: what its steps (${[...new Set(removing)].join(', ')}) leave out is never stored`)
  }
  const byRetention = new Map<number, string[]>()
  for (const { name, retentionMs } of [...plan.sources, ...plan.streams]) {
    if (retentionMs !== null) byRetention.set(retentionMs, [...(byRetention.get(retentionMs) ?? []), name])
  }
  for (const [retentionMs, names] of byRetention) {
    acts.push(`${names.join(', ')}: what every reader has settled is deleted after ${formatDuration(retentionMs)}`)
  }
  return acts
}
