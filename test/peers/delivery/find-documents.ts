import { ask } from '../search-queries.ts'
import type { SearchServer } from '../servers/elasticsearch.ts'

/** The most that a server gives in one answer. */
const MAX_DOCUMENTS = 10_000

/** Every document of an index: its id, and the delivery that it says it is. */
export async function findDocuments(
  server: SearchServer,
  index: string,
): Promise<readonly { readonly id: string; readonly delivery: string }[]> {
  await ask(server, 'POST', `${index}/_refresh`)
  const answer = await ask(server, 'GET', `${index}/_search?size=${MAX_DOCUMENTS}&_source=delivery`)
  const { hits } = answer as { hits: { hits: { _id: string; _source: { delivery: string } }[] } }
  return hits.hits.map(({ _id: id, _source: { delivery } }) => ({ id, delivery }))
}
