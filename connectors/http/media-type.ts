import { Refusal } from './refusal.ts'

export type BodyFormat = 'json' | 'ndjson'

const LINES = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/jsonlines',
])

/**
 * The format of a body by its content type. Throws a Refusal with 415 for any other than JSON, which also keeps web
 * pages out: a browser asks before it sends JSON to somebody else, and is never answered.
 */
export function bodyFormatOf(contentType: string | undefined, format: BodyFormat | undefined): BodyFormat {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new Refusal(415, 'E_HTTP_MEDIA_TYPE', 'the text is not in UTF-8')
  }
  if (format !== undefined) return format
  if (type === 'application/json' || /^application\/[\w.-]+\+json$/.test(type)) return 'json'
  if (LINES.has(type)) return 'ndjson'
  throw new Refusal(415, 'E_HTTP_MEDIA_TYPE', 'the content type is neither application/json nor application/x-ndjson')
}
