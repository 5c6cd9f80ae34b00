import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, test } from 'vitest'
import { defineSink } from '../../connectors/connector.ts'
import { fileSink } from '../../connectors/file/sink.ts'
import { createStreamSink, stdoutSink } from '../../connectors/stdout/sink.ts'
import { sinkContract, type SinkSubject } from '../../connectors/testing/sink-contract.ts'
import type { Json } from '../../schemas/json.ts'
import { connectorContext, temporaryFolder } from '../support/connector-context.ts'

function parseLines(text: string): readonly Json[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json)
}

async function fileSubject(config: object): Promise<SinkSubject> {
  const folder = temporaryFolder()
  return {
    config: { path: 'out/a.ndjson', ...config },
    context: connectorContext({ baseDir: folder }),
    async read() {
      // The rotated ones come first by name: a.000001.ndjson before a.ndjson.
      const names = readdirSync(join(folder, 'out')).sort()
      return names.flatMap((name) => parseLines(readFileSync(join(folder, 'out', name), 'utf8')))
    },
  }
}

describe('sink contract: file', () => {
  test.for(sinkContract(fileSink, () => fileSubject({})))('$name', async ({ run }) => await run())
})

describe('sink contract: file, rotated', () => {
  const rotated = { rotate: { records: 2, bytes: '1MiB', every: '1h' } }
  test.for(sinkContract(fileSink, () => fileSubject(rotated)))('$name', async ({ run }) => await run())
})

describe('sink contract: stdout', () => {
  // The standard output of a test is not its own: all is the real sink's but the stream.
  let stream = new PassThrough()
  const plugin = defineSink({ ...stdoutSink.definition, create: () => createStreamSink(stream) })
  const setup = async (): Promise<SinkSubject> => {
    stream = new PassThrough({ highWaterMark: 16_777_216 })
    const held: Json[] = []
    stream.on('data', (chunk: Buffer) => held.push(...parseLines(chunk.toString())))
    return { config: {}, context: connectorContext({ baseDir: '/' }), read: async () => held }
  }
  test.for(sinkContract(plugin, setup))('$name', async ({ run }) => await run())
})
