import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Environment } from '@marcbachmann/cel-js'
import { onTestFinished } from 'vitest'
import type { NewEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import type { CompiledExpression, Expressions } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { PullSource, PullSourceDefinition, SourceBatch, SourcePlugin } from '../../connectors/connector.ts'
import {
  createTestContext,
  type TestContext,
  type TestContextOptions,
} from '../../connectors/testing/connector-context.ts'

/** An empty folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stoplog-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Plain CEL, without the dialect's additions: enough to select a list or build a small value. */
export const plainCel: Expressions = {
  compile: (source) => evaluate<Json>(source.text),
  optional: (source) => evaluate<Json>(source.text),
  condition: (source) => evaluate<boolean>(source.text),
  template() {
    throw new Error('no connector under test has templates')
  },
}

function evaluate<T>(text: string): CompiledExpression<T> {
  const parsed = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true }).parse(text)
  return (event) => {
    try {
      const { value, key, headers, time, topic, partition, offset } = event
      return parsed({ value, key, headers, time, topic, partition, offset })
    } catch (error) {
      throw new StoplogError('E_EXPRESSION_VALUE', error instanceof Error ? error.message : String(error))
    }
  }
}

export function connectorContext(options: Partial<TestContextOptions> = {}): TestContext {
  return createTestContext({ baseDir: options.baseDir ?? temporaryFolder(), expressions: plainCel, ...options })
}

/** A pull source as the runtime makes it from the `with:` of a document. */
export async function createPullSource(
  plugin: SourcePlugin,
  config: unknown,
  context: TestContext,
): Promise<PullSource> {
  const definition = pullDefinition(plugin)
  return await definition.create(definition.config.parse(config), context)
}

export function pullDefinition(plugin: SourcePlugin): PullSourceDefinition {
  if (plugin.definition.mode !== 'pull') throw new Error(`${plugin.definition.type} is no pull source`)
  return plugin.definition
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Text of an event's value, parsed or not. */
export function valueText({ value }: NewEvent): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : JSON.stringify(value)
}

export interface PartitionRead {
  readonly batches: readonly SourceBatch[]
  readonly events: readonly NewEvent[]
  readonly values: readonly string[]
  readonly ids: readonly string[]
  readonly failed: readonly NonNullable<SourceBatch['failed']>[number][]
  readonly alreadyRead: number
  readonly position: Json | null
}

/** A batch is good until the next one is asked for. */
function copyOf(batch: SourceBatch): SourceBatch {
  const copied = (value: Json | Uint8Array): Json | Uint8Array =>
    value instanceof Uint8Array ? Buffer.from(value) : value
  return {
    ...batch,
    events: batch.events.map((event) => ({ ...event, value: copied(event.value) })),
    failed: (batch.failed ?? []).map((input) => ({ ...input, bytes: Buffer.from(input.bytes) })),
  }
}

/** Reads one partition to its end. */
export async function readPartition(
  source: PullSource,
  partition: string,
  position: Json | null = null,
): Promise<PartitionRead> {
  const batches: SourceBatch[] = []
  for await (const batch of source.open(partition, position)) batches.push(copyOf(batch))
  const events = batches.flatMap((batch) => batch.events)
  return {
    batches,
    events,
    values: events.map(valueText),
    ids: events.map(({ id }) => id),
    failed: batches.flatMap((batch) => batch.failed ?? []),
    alreadyRead: batches.reduce((sum, batch) => sum + (batch.alreadyRead ?? 0), 0),
    position: batches.at(-1)?.position ?? position,
  }
}
