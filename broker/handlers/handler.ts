import type { Api, RequestOf, ResponseDraftOf } from '../protocol/api.ts'
import type { RequestHeader } from '../protocol/header.ts'

/** Who asks. */
export interface Caller {
  readonly header: RequestHeader
  /** Address of the other side, without its port. */
  readonly host: string
  /** Aborts when the connection closes or the broker stops; a handler that waits must end then. */
  readonly signal: AbortSignal
  /** Ends the connection where the protocol has no other way to report an error (`acks=0`). */
  readonly disconnect: (reason: string) => void
  /** Called at most once, by a handler that needs nothing of the request's bytes any more: their memory is used again. */
  readonly releaseRequest: () => void
  /** Calls back when the answer has left, so that memory it was made of may be used again; never, where it does not. */
  readonly whenSent: (callback: () => void) => void
}

/**
 * Answers one API, in every version it has. Requests of one connection are handed over in order, and a handler does
 * what depends on the order before its first `await`; answers are sent in order whenever they come. Null: no answer is
 * sent (`acks=0`). Expected failures are error codes of the answer; what a handler throws is a defect.
 */
export interface Handler {
  readonly api: Api
  /**
   * The answer may have to wait for other clients, or be large: the connection's next request is not handled before
   * it is answered, and the waiting does not count as work that keeps the broker busy.
   */
  readonly parks: boolean
  handle(request: unknown, caller: Caller): Promise<unknown>
}

export function defineHandler<A extends Api>(
  api: A,
  handle: (request: RequestOf<A>, caller: Caller) => Promise<ResponseDraftOf<A> | null>,
  { parks = false }: { readonly parks?: boolean } = {},
): Handler {
  // The dispatcher decodes with this very api, so the request is what `handle` expects.
  return { api, parks, handle: (request, caller) => handle(request as RequestOf<A>, caller) }
}
