import type { Event } from '../../schemas/event.ts'
import type { ExpressionSource } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { ConnectorContext } from '../connector.ts'
import { toContentId } from './content-id.ts'
import type { FileDocument } from './document.ts'
import type { Converted, DocumentConversion } from './document-source.ts'
import { checkJson, parseJsonExactly, withoutByteOrderMark } from './json-document.ts'

export interface ItemOptions {
  /** Gives the list of events in a document; left out: the document is the event. */
  readonly items: ExpressionSource | undefined
  /** CloudEvents type of the events. */
  readonly type: string
  readonly maxDocumentBytes: number
}

/** Makes events of JSON documents: of each one as a whole, unparsed, or of the elements of a list in it. */
export function createItemConversion(options: ItemOptions, context: ConnectorContext): DocumentConversion {
  const { items, type, maxDocumentBytes } = options
  if (items === undefined) {
    return { options: '', maxDocumentBytes, convert: (document) => toWholeDocument(document, type) }
  }
  const select = context.expressions.compile(items)
  return {
    options: items.text,
    maxDocumentBytes,
    convert: (document) => toItems(document, type, items.text, select),
  }
}

function toWholeDocument({ path, bytes, digest }: FileDocument, type: string): Converted {
  const value = withoutByteOrderMark(bytes)
  checkJson(value, path)
  return { count: 1, event: () => ({ value, id: toContentId(digest, 1), type, subject: path }), failed: [] }
}

function toItems(document: FileDocument, type: string, text: string, select: (event: Event) => Json): Converted {
  const { path, bytes, digest } = document
  const parsed = parseJsonExactly(withoutByteOrderMark(bytes), path)
  const items = select(toDocumentEvent(document, parsed.value))
  if (!isList(items)) {
    const found = items === null ? 'null' : typeof items === 'object' ? 'a map' : `a ${typeof items}`
    throw new StoplogError('E_ITEMS', `\`items: '${text}'\` gives ${found} for ${path}, not a list`, { where: path })
  }
  return {
    count: items.length,
    event(index) {
      // A JSON null is a payload like any other here; as a parsed value it would delete.
      const item = items[index] ?? Buffer.from('null')
      const value = item instanceof Uint8Array ? item : (parsed.exactText(item) ?? item)
      return { value, id: toContentId(digest, index + 1), type, subject: path }
    },
    failed: [],
  }
}

/** What `items` sees: the document as `value`. It has no place in a topic, so the other variables are empty. */
export function toDocumentEvent({ bytes, digest, modifiedMs }: FileDocument, value: Json): Event {
  return {
    topic: '',
    partition: 0,
    offset: 0,
    key: null,
    value,
    bytes,
    headers: {},
    time: modifiedMs,
    id: toContentId(digest, 0),
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
