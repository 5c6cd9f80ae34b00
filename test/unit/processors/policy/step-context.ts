import type { LogFields } from '../../../../schemas/runtime.ts'
import type { Clock } from '../../../../schemas/runtime.ts'
import { createExpressions } from '../../../../processors/cel/expressions.ts'
import type { ProcessorContext, SideRecord } from '../../../../processors/processor.ts'
import { ManualClock } from '../../../support/manual-clock.ts'

export interface StepContext extends ProcessorContext {
  readonly decisions: SideRecord[]
  readonly logged: (readonly [message: string, fields: LogFields])[]
  readonly counted: Map<string, number>
}

/** A context that keeps what a step decides, logs and counts. */
export function stepContext(baseDir: string, clock: Clock = new ManualClock()): StepContext {
  const decisions: SideRecord[] = []
  const logged: (readonly [string, LogFields])[] = []
  const counted = new Map<string, number>()
  const log = (message: string, fields: LogFields = {}): void => void logged.push([message, fields])
  return {
    pipeline: 'security-scan',
    node: 'findings',
    path: 'streams.findings.steps[0]',
    baseDir,
    logger: { info: log, warn: log, error: log },
    metrics: {
      count: (name, amount = 1, labels = {}) => {
        const series = `${name}${Object.entries(labels)
          .map(([label, value]) => `{${label}=${value}}`)
          .join('')}`
        counted.set(series, (counted.get(series) ?? 0) + amount)
      },
    },
    clock,
    expressions: createExpressions(),
    signal: new AbortController().signal,
    store: () => {
      throw new Error('a policy keeps no state')
    },
    decide: (record) => void decisions.push(record),
    decisions,
    logged,
    counted,
  }
}
