import type { StepPlace } from '../../processors/processor.ts'
import type { CheckedDocument, CheckedStep } from '../config/checked-document.ts'
import type { Finding } from '../config/findings.ts'

/** Why a place does not take every step. */
const REASONS: Readonly<Record<StepPlace, string>> = {
  source: 'source steps run before an event is durable, so they keep no state and have no effects',
  stream: 'it is made for the edges: before the first append, or before delivery',
  sink: 'sink steps run again on every retry, so they keep no state and have no effects',
}

/**
 * Looks at where steps stand. Stateful steps work on the record key, and events of one key meet in one task only as
 * their topic was partitioned; so a step that changes the key comes before the first append, or last, with a topic
 * behind it that is partitioned anew.
 */
export function checkStepRules({ sources, streams, sinks }: CheckedDocument): readonly Finding[] {
  return [...sources, ...streams, ...sinks].flatMap((node) =>
    node.steps.flatMap((step, index) => {
      const place = checkPlace(step, node.kind)
      if (place !== undefined) return [place]
      const order = node.kind === 'stream' ? checkOrder(step, node.steps.slice(index + 1), node.name) : undefined
      return order === undefined ? [] : [order]
    }),
  )
}

function checkPlace({ plugin, name, range, path }: CheckedStep, place: StepPlace): Finding | undefined {
  if (plugin === undefined) return undefined
  const { places, stateful } = plugin.definition
  if (places.includes(place) && (place === 'stream' || !stateful)) return undefined
  const others = places.filter((other) => other !== place && (other === 'stream' || !stateful))
  return {
    code: 'E_STEP_PLACE',
    range,
    path: [...path, name],
    message: `\`${name}\` cannot stand in a ${place}: ${REASONS[place]}`,
    fix: others.length === 0 ? 'remove it' : `move it to a ${others.join(' or a ')}`,
  }
}

function checkOrder(step: CheckedStep, later: readonly CheckedStep[], stream: string): Finding | undefined {
  const [next] = later
  if (step.plugin?.definition.changesKey !== true || next === undefined) return undefined
  const stateful = later.find(({ plugin }) => plugin?.definition.stateful === true)
  const reason =
    stateful === undefined
      ? 'only the topic behind it is partitioned by the new key'
      : `events of one new key still lie on several partitions, where \`${stateful.name}\` would not see them together`
  return {
    code: 'E_STEP_ORDER',
    range: step.range,
    path: [...step.path, step.name],
    message: `\`${step.name}\` changes the key before \`${next.name}\`: ${reason}`,
    fix:
      `end a stream with \`${step.name}\`, such as \`${stream}-by-key\`, and let \`${stream}\` read it ` +
      `(\`from: ${stream}-by-key\`) with the steps from \`${next.name}\` on`,
  }
}
