import { BROKER_LIMITS } from '../../broker/limits.ts'
import { PROTOCOL_LIMITS } from '../../broker/protocol/limits.ts'
import type { SinkPlugin, SourcePlugin } from '../../connectors/connector.ts'
import { BUILT_IN_SINKS, BUILT_IN_SOURCES } from '../../connectors/index.ts'
import { CONNECTOR_LIMITS } from '../../connectors/limits.ts'
import { COMMANDS } from '../../pipelines/cli/commands/index.ts'
import { exitCodeOf } from '../../pipelines/cli/exit-code.ts'
import { PIPELINE_LIMITS } from '../../pipelines/limits.ts'
import { PROCESSORS } from '../../processors/index.ts'
import { PROCESSOR_LIMITS } from '../../processors/limits.ts'
import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import type { Limit } from '../../schemas/limit.ts'
import { code, markdownTable, type Row } from './markdown-table.ts'

/** The tables that a document can show, by the name in `<!-- table: NAME -->`; what the code says is all they say. */
export const TABLES: ReadonlyMap<string, () => string> = new Map([
  ['errors', errorsTable],
  ['connectors', connectorsTable],
  ['steps', stepsTable],
  ['commands', commandsTable],
  ['limits', limitsTable],
])

const LIMITS: Readonly<Record<string, Readonly<Record<string, Limit>>>> = {
  broker: BROKER_LIMITS,
  protocol: PROTOCOL_LIMITS,
  pipelines: PIPELINE_LIMITS,
  processors: PROCESSOR_LIMITS,
  connectors: CONNECTOR_LIMITS,
}

function errorsTable(): string {
  const rows = Object.entries(ERRORS).map(([name, { summary, fix }]): Row => {
    const exit = isErrorCode(name) ? exitCodeOf(name) : ''
    return [code(name), summary, fix, String(exit)]
  })
  return markdownTable(['code', 'what is wrong', 'what to do', 'exit'], rows)
}

function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERRORS, name)
}

function connectorsTable(): string {
  const rows = [
    ...BUILT_IN_SOURCES.map((plugin): Row => connectorRow(plugin, promiseOfSource(plugin))),
    ...BUILT_IN_SINKS.map((plugin): Row => connectorRow(plugin, promiseOfSink(plugin))),
  ]
  return markdownTable(['uses', 'is a', 'what it does', 'what it promises'], rows)
}

function connectorRow({ kind, definition }: SourcePlugin | SinkPlugin, promise: string): Row {
  return [code(definition.type), kind, definition.summary, promise]
}

function promiseOfSource({ definition: { capabilities } }: SourcePlugin): string {
  if (capabilities.replayable) return 'read again after a crash'
  return capabilities.acknowledged ? 'the sender is answered when it is durable' : 'none'
}

function promiseOfSink({ definition: { capabilities } }: SinkPlugin): string {
  return capabilities.idempotent ? 'written twice, there is one copy' : 'after a crash some are written twice'
}

function stepsTable(): string {
  const rows = PROCESSORS.map(({ definition: { type, summary, places, stateful, changesKey } }): Row => {
    const named = places.map((place) => (place === 'stream' && changesKey ? 'stream (last)' : place))
    return [code(type), summary, named.join(', '), stateful ? 'by key' : '']
  })
  return markdownTable(['step', 'what it does', 'stands in steps of a', 'keeps state'], rows)
}

function commandsTable(): string {
  const rows = COMMANDS.map(({ name, operands, summary }): Row => [code(`${name} ${operands}`.trim()), summary])
  return markdownTable(['command', 'what it does'], rows)
}

function limitsTable(): string {
  const rows = Object.entries(LIMITS).flatMap(([part, limits]) =>
    Object.entries(limits).map(([name, limit]): Row => [code(name), part, amountOf(limit), limit.reason]),
  )
  return markdownTable(['limit', 'of', 'default', 'reason'], rows)
}

function amountOf({ default: amount, unit }: Limit): string {
  const grouped = String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',')
  return unit === 'count' ? grouped : `${grouped} ${unit}`
}
