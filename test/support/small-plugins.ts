import { z } from 'zod'
import { defineSink, defineSource } from '../../connectors/connector.ts'
import { defineProcessor } from '../../processors/processor.ts'
import type { ExpressionProblem } from '../../processors/cel/expression-problem.ts'
import type { CheckExpression } from '../../pipelines/config/check-context.ts'
import type { LoadOptions } from '../../pipelines/config/load-document.ts'
import type { Plugins } from '../../pipelines/config/plugin-registry.ts'
import { duration } from '../../schemas/duration.ts'
import { expression, template, type ExpressionSource } from '../../schemas/expression.ts'
import { secret } from '../../schemas/secret.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

/* One plugin of each shape that the loader and the planner tell apart. Small, and yet they run. */

const lines = defineSource({
  mode: 'pull',
  type: 'lines',
  summary: 'one event for each line of a text',
  config: z.strictObject({
    path: z.string().min(1).meta({ description: 'where the lines are' }),
    items: expression.optional(),
    follow: z.boolean().prefault(false),
  }),
  capabilities: { replayable: true, acknowledged: true },
  bounded: ({ follow }) => !follow,
  create: ({ path }) => ({
    async *partitions() {
      yield path
    },
    async *open(partition) {
      yield { events: [{ value: partition, id: partition, type: 'line' }], position: 1 }
    },
    close: async () => {},
  }),
})

const hook = defineSource({
  mode: 'push',
  type: 'hook',
  summary: 'whatever is sent',
  config: z.strictObject({ listen: z.string(), token: secret, port: z.int().min(1).max(65_535).optional() }),
  capabilities: { replayable: false, acknowledged: true },
  create: () => ({ start: async () => {}, close: async () => {} }),
})

const ticks = defineSource({
  mode: 'push',
  type: 'ticks',
  summary: 'nobody repeats what is missed',
  config: z.strictObject({}),
  capabilities: { replayable: false, acknowledged: false },
  create: () => ({ start: async () => {}, close: async () => {} }),
})

const box = defineSink({
  type: 'box',
  summary: 'keeps each event once',
  config: z.strictObject({
    url: z.string().optional(),
    index: template.optional(),
    token: secret.optional(),
    rotate: z.strictObject({ every: duration.prefault('1m'), records: z.int().min(1).optional() }).optional(),
    mode: z.enum(['create', 'index']).prefault('create'),
  }),
  capabilities: { idempotent: true },
  batch: () => ({ records: 1, bytes: 1, ageMs: 1 }),
  create: () => ({ write: async () => {}, close: async () => {} }),
})

const printer = defineSink({
  type: 'printer',
  summary: 'prints',
  config: z.strictObject({}),
  capabilities: { idempotent: false },
  batch: () => ({ records: 1, bytes: 1, ageMs: 1 }),
  create: () => ({ write: async () => {}, close: async () => {} }),
})

const pass = { each: () => 'pass' as const }
const anywhere = ['source', 'stream', 'sink'] as const

const filter = defineProcessor({
  type: 'filter',
  summary: 'lets only some events through',
  config: expression,
  places: anywhere,
  stateful: false,
  changesKey: false,
  create: () => pass,
})

const set = defineProcessor({
  type: 'set',
  summary: 'sets fields',
  config: z.record(z.string(), expression),
  places: anywhere,
  stateful: false,
  changesKey: false,
  create: () => pass,
})

const dedupe = defineProcessor({
  type: 'dedupe',
  summary: 'lets each key through once',
  config: z.strictObject({ within: duration.prefault('24h'), limit: z.int().min(1).optional() }),
  places: ['stream'],
  stateful: true,
  changesKey: false,
  create: () => pass,
})

const key = defineProcessor({
  type: 'key',
  summary: 'gives events another key',
  config: expression,
  places: ['source', 'stream'],
  stateful: false,
  changesKey: true,
  create: () => pass,
})

const lint = defineProcessor({
  type: 'lint',
  summary: 'looks at a file before the run',
  config: z.strictObject({ file: z.string() }),
  places: ['stream'],
  stateful: false,
  changesKey: false,
  check: async ({ file }) => {
    if (file === 'missing.json') throw new StoplogError('E_SCHEMA', `${file} is not there`, { fix: 'write the file' })
    if (file === 'broken.json') throw new TypeError('cannot read it')
  },
  create: () => pass,
})

export const SMALL_PLUGINS: Plugins = {
  sources: [lines, hook, ticks],
  sinks: [box, printer],
  processors: [filter, set, dedupe, key, lint],
}

/** An expression engine that knows one thing: the word `wrong` is wrong. In templates only what is in braces counts. */
export const refuseTheWordWrong: CheckExpression = (source): ExpressionProblem | null => {
  const start = source.text.indexOf('wrong')
  const isText = source.kind === 'template' && !source.text.includes('{')
  if (start === -1 || isText) return null
  const fix = `leave it out of ${(source as ExpressionSource).kind}s`
  return { code: 'E_EXPRESSION_NAME', message: 'the word `wrong` is wrong', fix, start, end: start + 5 }
}

/** Options that read the given files, and no others, with no variables set. */
export function loadOptions(
  files: Readonly<Record<string, string>> = {},
  changes: Partial<LoadOptions> = {},
): LoadOptions {
  return {
    plugins: SMALL_PLUGINS,
    checkExpression: refuseTheWordWrong,
    importModule: (specifier) =>
      Promise.reject(Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' })),
    readFile: (path) => {
      const name = Object.keys(files).find((each) => path.endsWith(`/${each}`))
      const text = name === undefined ? undefined : files[name]
      if (text === undefined) return Promise.reject(Object.assign(new Error(`no ${path}`), { code: 'ENOENT' }))
      return Promise.resolve(new TextEncoder().encode(text))
    },
    env: {},
    ...changes,
  }
}
