import type { Clock, LogFields } from '../../schemas/runtime.ts'
import { createExpressions } from '../cel/expressions.ts'
import type { ProcessorContext, SideRecord } from '../processor.ts'
import { createMemoryStore, type MemoryStore } from '../state/memory-store.ts'
import type { Store, StoreDefinition } from '../state/store.ts'

export interface ProcessorContextOptions {
  /** Folder that relative paths of the config start from. */
  readonly baseDir?: string
  /** Left out: one that stands still. */
  readonly clock?: Clock
  /** Left out: a step that asks for a store gets one. */
  readonly stateful?: boolean
}

/** A context without a runtime. What a step logs, counts, decides and keeps can be looked at. */
export interface ProcessorTestContext extends ProcessorContext {
  readonly logged: readonly { readonly level: string; readonly message: string; readonly fields: LogFields }[]
  readonly counted: ReadonlyMap<string, number>
  readonly decided: readonly SideRecord[]
  readonly stores: ReadonlyMap<string, Pick<MemoryStore<never>, 'drain' | 'size'>>
  /** What the runtime does when the node stops. */
  stop(): void
}

const STILL_CLOCK: Clock = {
  now: () => Date.UTC(2026, 0, 1),
  sleep: (_delayMs, signal) =>
    new Promise((_resolve, reject) => {
      const end = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
      if (signal?.aborted === true) end()
      else signal?.addEventListener('abort', end, { once: true })
    }),
}

export function createProcessorContext(options: ProcessorContextOptions = {}): ProcessorTestContext {
  const logged: { level: string; message: string; fields: LogFields }[] = []
  const counted = new Map<string, number>()
  const decided: SideRecord[] = []
  const stores = new Map<string, Pick<MemoryStore<never>, 'drain' | 'size'>>()
  const stopping = new AbortController()
  const log =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      logged.push({ level, message, fields })
    }
  return {
    pipeline: 'pipeline',
    node: 'node',
    path: 'streams.node.steps[0]',
    baseDir: options.baseDir ?? process.cwd(),
    logger: { info: log('info'), warn: log('warn'), error: log('error') },
    metrics: { count: (name, amount = 1) => void counted.set(name, (counted.get(name) ?? 0) + amount) },
    clock: options.clock ?? STILL_CLOCK,
    expressions: createExpressions(),
    signal: stopping.signal,
    store<T>(definition: StoreDefinition<T>): Store<T> {
      if (options.stateful === false) throw new Error('a step that is not declared stateful has no store')
      if (stores.has(definition.name)) throw new Error(`there are two stores of the name ${definition.name}`)
      const store = createMemoryStore(definition)
      stores.set(definition.name, store)
      return store
    },
    decide: (record) => void decided.push(record),
    logged,
    counted,
    decided,
    stores,
    stop: () => stopping.abort(new Error('the node stops')),
  }
}
