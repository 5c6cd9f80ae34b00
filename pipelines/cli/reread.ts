import { nearestName } from '../../schemas/nearest-name.ts'
import type { Plan } from '../graph/plan.ts'
import { usage } from './command-line.ts'

/**
 * The sources that `--reread` names, for each pipeline: `scans` in whichever document has it, `security-scan.scans` in
 * that one. Throws E_USAGE for what is no source that can be read again.
 */
export function parseReread(given: readonly string[], plans: readonly Plan[]): ReadonlyMap<string, readonly string[]> {
  const reread = new Map<string, string[]>()
  for (const name of given) {
    const found = plans.flatMap((plan) =>
      plan.sources
        .filter((source) => source.name === name || `${plan.pipeline}.${source.name}` === name)
        .map((source) => ({ plan, source })),
    )
    if (found.length === 0) throw unknownSource(name, plans)
    for (const { plan, source } of found) {
      if (source.plugin.definition.mode === 'push') {
        throw usage(`--reread ${name}: events are sent to it, and it keeps none`, 'let the sender send them again')
      }
      reread.set(plan.pipeline, [...(reread.get(plan.pipeline) ?? []), source.name])
    }
  }
  return reread
}

function unknownSource(name: string, plans: readonly Plan[]): Error {
  const sources = plans.flatMap((plan) => plan.sources.map((source) => source.name))
  const meant = nearestName(name, sources)
  const fix = meant === undefined ? `the sources are: ${sources.join(', ')}` : `did you mean --reread ${meant}?`
  return usage(`--reread ${name}: there is no such source`, fix)
}
