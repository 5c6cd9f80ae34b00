import type { Event } from '../../schemas/event.ts'
import type { CompiledExpression } from '../../schemas/runtime.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { FailedWrite } from '../write-failure.ts'
import { toDocumentId } from './document-id.ts'
import { toSearchDocument } from './search-document.ts'

const LINE_FEED = 0x0a

/** What a bulk request does with one event. */
export interface BulkAction {
  /** Index of the event in the batch. */
  readonly index: number
  readonly verb: 'create' | 'index' | 'delete'
  /** The index, alias or data stream it goes to. */
  readonly target: string
  readonly id: string
  readonly head: Uint8Array
  /** One line of JSON; null for `delete`. */
  readonly document: Uint8Array | null
  /** Bytes in the request, line ends included. */
  readonly size: number
}

export interface BulkActionOptions {
  readonly verb: 'create' | 'index'
  readonly target: CompiledExpression<string>
  readonly id: CompiledExpression | undefined
  readonly timeField: string | undefined
}

export interface BulkActions {
  readonly actions: readonly BulkAction[]
  /** Events that can never become a document. */
  readonly failed: readonly FailedWrite[]
}

export function toBulkActions(batch: readonly Event[], options: BulkActionOptions): BulkActions {
  const actions: BulkAction[] = []
  const failed: FailedWrite[] = []
  for (const [index, event] of batch.entries()) {
    try {
      actions.push(toBulkAction(index, event, options))
    } catch (error) {
      failed.push({ index, error: error instanceof Error ? error : new Error(String(error)), permanent: true })
    }
  }
  return { actions, failed }
}

/** The lines of a `_bulk` request: for each action its head and its document. */
export function joinActions(actions: readonly BulkAction[]): Buffer {
  const joined = Buffer.allocUnsafe(sizeOf(actions))
  let at = 0
  for (const { head, document } of actions) {
    for (const line of document === null ? [head] : [head, document]) {
      joined.set(line, at)
      at += line.length
      joined[at] = LINE_FEED
      at += 1
    }
  }
  return joined
}

/** Divides actions, in order, into requests of at most `maxBytes`; a larger one has a request of its own. */
export function divideActions(actions: readonly BulkAction[], maxBytes: number): BulkAction[][] {
  const parts: BulkAction[][] = []
  let bytes = 0
  for (const action of actions) {
    const last = parts.at(-1)
    if (last === undefined || bytes + action.size > maxBytes) {
      parts.push([action])
      bytes = action.size
    } else {
      last.push(action)
      bytes += action.size
    }
  }
  return parts
}

export function sizeOf(actions: readonly BulkAction[]): number {
  return actions.reduce((sum, { size }) => sum + size, 0)
}

function toBulkAction(index: number, event: Event, options: BulkActionOptions): BulkAction {
  const { verb, target, id, timeField } = options
  const place = { _index: target(event), _id: toDocumentId(event, id) }
  if (event.bytes === null && verb === 'index') {
    const head = Buffer.from(JSON.stringify({ delete: place }))
    return { index, verb: 'delete', target: place._index, id: place._id, head, document: null, size: head.length + 1 }
  }
  if (event.bytes === null) {
    throw new StoplogError('E_DOCUMENT_SHAPE', `${event.id} is a tombstone: it has no value to make a document of`, {
      fix: "leave them out with filter: 'value != null'; with `op: index` a tombstone deletes the document of its `id`",
    })
  }
  const head = Buffer.from(JSON.stringify({ [verb]: place }))
  const document = toSearchDocument(event, timeField)
  const size = head.length + document.length + 2
  return { index, verb, target: place._index, id: place._id, head, document, size }
}
