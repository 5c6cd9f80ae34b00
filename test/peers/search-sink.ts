import type { ConnectorContext, Sink } from '../../connectors/connector.ts'
import { elasticsearchSink } from '../../connectors/elasticsearch/sink.ts'
import { createTestContext } from '../../connectors/testing/connector-context.ts'
import { WriteFailure, type FailedWrite } from '../../connectors/write-failure.ts'
import { systemClock } from '../../broker/system-clock.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import type { Event } from '../../schemas/event.ts'
import { createEvent } from '../support/event.ts'

/** The sink as the runtime makes it, with a clock that goes. */
export async function createSearchSink(config: object): Promise<Sink> {
  const context: ConnectorContext = {
    ...createTestContext({ baseDir: '/', expressions: createExpressions() }),
    clock: systemClock,
  }
  const { definition } = elasticsearchSink
  return await definition.create(definition.config.parse(config), context)
}

/** Events with the ids `<prefix>0`, `<prefix>1`, … */
export function numbered(prefix: string, count: number, from = 0): Event[] {
  return Array.from({ length: count }, (_, n) => {
    const bytes = `{"n":${from + n},"big":9007199254740993,"name":"${prefix}${from + n}"}`
    return createEvent({ id: `${prefix}${from + n}`, bytes, offset: from + n })
  })
}

/** Writes once. Null when all is written. */
export async function attempt(sink: Sink, batch: readonly Event[]): Promise<WriteFailure | null> {
  try {
    await sink.write(batch, new AbortController().signal)
    return null
  } catch (error) {
    if (error instanceof WriteFailure) return error
    throw error
  }
}

/** Writes as the runtime does, until each event is written or refused for good; gives the latter and what was met. */
export async function writeAll(
  sink: Sink,
  batch: readonly Event[],
): Promise<{ refused: FailedWrite[]; met: string[] }> {
  const refused: FailedWrite[] = []
  const met: string[] = []
  let rest = batch
  while (rest.length > 0) {
    const failure = await attempt(sink, rest)
    if (failure === null) break
    refused.push(...failure.failed.filter(({ permanent }) => permanent))
    const again = failure.failed.filter(({ permanent }) => !permanent)
    met.push(...again.map(({ error }) => error.message))
    const before = rest
    rest = again.flatMap(({ index }) => before[index] ?? [])
    if (rest.length > 0) await systemClock.sleep(100)
  }
  return { refused, met }
}
