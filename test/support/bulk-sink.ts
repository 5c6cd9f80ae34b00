import { expect } from 'vitest'
import type { Sink } from '../../connectors/connector.ts'
import { elasticsearchSink } from '../../connectors/elasticsearch/sink.ts'
import { createTestContext, type TestContext } from '../../connectors/testing/connector-context.ts'
import { WriteFailure } from '../../connectors/write-failure.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import { BulkServer, type BulkServerOptions } from './bulk-server.ts'
import { createEvent } from './event.ts'

/** A sink and the server that it writes to. */
export interface Tried {
  readonly server: BulkServer
  readonly sink: Sink
  readonly context: TestContext
}

/** The sink with a server of our own that ends with the test. */
export async function createSink(config: object = {}, options: BulkServerOptions = {}): Promise<Tried> {
  const server = await BulkServer.start(options)
  const context = createTestContext({ baseDir: '/', expressions: createExpressions() })
  const sink = await sinkFor({ url: server.url, ...config }, context)
  return { server, sink, context }
}

export async function sinkFor(config: object, context: TestContext): Promise<Sink> {
  const { definition } = elasticsearchSink
  return await definition.create(definition.config.parse({ index: 'findings', ...config }), context)
}

/** Events with the ids e0, e1, … */
export function events(count: number, from = 0) {
  return Array.from({ length: count }, (_, n) => {
    return createEvent({ id: `e${from + n}`, bytes: `{"n": ${from + n}}`, offset: from + n })
  })
}

/** What a write that is expected to fail says. */
export async function failureOf(write: Promise<void>): Promise<WriteFailure> {
  const error = await write.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(WriteFailure)
  return error as WriteFailure
}

/** Places in the batch of what has failed. */
export function places(failure: WriteFailure): string[] {
  return failure.failed.map(({ index, permanent }) => `${index}${permanent ? ' for good' : ''}`)
}
