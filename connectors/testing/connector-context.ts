import type { Expressions, LogFields } from '../../schemas/runtime.ts'
import type { ConnectorContext } from '../connector.ts'
import { ManualClock } from './manual-clock.ts'

export interface TestContextOptions {
  readonly baseDir: string
  readonly name?: string
  readonly clock?: ManualClock
  /** Needed only by connectors whose config holds expressions. */
  readonly expressions?: Expressions
}

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: LogFields
}

/** A context that keeps what a connector logs and counts, and whose time a test moves by hand. */
export interface TestContext extends ConnectorContext {
  readonly clock: ManualClock
  readonly logged: readonly LogEntry[]
  readonly counted: ReadonlyMap<string, number>
  /** What the runtime does when the node stops. */
  stop(): void
}

export function createTestContext(options: TestContextOptions): TestContext {
  const logged: LogEntry[] = []
  const counted = new Map<string, number>()
  const stopping = new AbortController()
  const log =
    (level: LogEntry['level']) =>
    (message: string, fields: LogFields = {}): void => {
      logged.push({ level, message, fields })
    }
  return {
    name: options.name ?? 'node',
    baseDir: options.baseDir,
    clock: options.clock ?? new ManualClock(),
    expressions: options.expressions ?? NO_EXPRESSIONS,
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: { count: (name, amount = 1) => void counted.set(name, (counted.get(name) ?? 0) + amount) },
    signal: stopping.signal,
    logged,
    counted,
    stop: () => stopping.abort(new Error('the node stops')),
  }
}

const NO_EXPRESSIONS: Expressions = {
  compile: refuse,
  optional: refuse,
  condition: refuse,
  template: refuse,
}

function refuse(): never {
  throw new Error('this context was created without expressions')
}
