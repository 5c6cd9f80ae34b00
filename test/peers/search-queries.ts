import type { SearchServer } from './servers/elasticsearch.ts'

/** The server's answer to a request, whatever its status is. */
export async function ask(
  server: SearchServer,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const response = await fetch(`${server.url}/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return await response.json()
}

/** Documents of an index, those included that were written just now. */
export async function count(server: SearchServer, index: string): Promise<unknown> {
  await ask(server, 'POST', `${index}/_refresh`)
  const answer = await ask(server, 'GET', `${index}/_count`)
  return (answer as { count: number }).count
}

/** A document as it was sent. */
export async function source(server: SearchServer, index: string, id: string): Promise<string> {
  const response = await fetch(`${server.url}/${index}/_source/${encodeURIComponent(id)}`)
  return await response.text()
}
