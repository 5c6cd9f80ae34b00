import { describe, test } from 'vitest'
import { elasticsearchSink } from '../../connectors/elasticsearch/sink.ts'
import { createTestContext } from '../../connectors/testing/connector-context.ts'
import { sinkContract, type SinkSubject } from '../../connectors/testing/sink-contract.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import type { Json } from '../../schemas/json.ts'
import { BulkServer } from '../support/bulk-server.ts'

async function setup(config: object): Promise<SinkSubject> {
  const server = await BulkServer.start()
  return {
    config: { url: server.url, index: 'findings', auth: { username: 'elastic', password: 'hunter22' }, ...config },
    context: createTestContext({ baseDir: '/', expressions: createExpressions() }),
    secrets: ['hunter22'],
    objectsOnly: true,
    async read() {
      const sources = [...(server.documents.get('findings')?.values() ?? [])]
      return sources.map((source) => JSON.parse(source) as Json)
    },
    close: () => server.close(),
  }
}

describe.for<[name: string, config: object]>([
  ['create', {}],
  ['index, compressed', { op: 'index', compression: 'gzip' }],
])('sink contract: elasticsearch, %s', ([, config]) => {
  test.for(sinkContract(elasticsearchSink, () => setup(config)))('$name', async ({ run }) => await run())
})
