import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Logger } from '../../schemas/runtime.ts'
import type { Caller, Handler } from '../handlers/handler.ts'
import { BROKER_LIMITS } from '../limits.ts'
import type { Api } from '../protocol/api.ts'
import { readRequestHeader, skipTaggedFields, writeResponseHeader } from '../protocol/header.ts'
import { apiVersions } from '../protocol/messages/api-versions.ts'
import { produce } from '../protocol/messages/produce.ts'
import { ProtocolError } from '../protocol/protocol-error.ts'
import { Reader } from '../protocol/reader.ts'
import { Writer } from '../protocol/writer.ts'
import type { FrameMemory } from '../protocol/frame-memory.ts'

/** What the dispatcher knows of the connection that a frame came from. */
export type Connected = Omit<Caller, 'header' | 'releaseRequest' | 'whenSent'>

/** A request that is being handled. */
export interface Dispatched {
  /** The frame to send back, in pieces; null when none is to be sent. Never rejects. */
  readonly answer: Promise<readonly Buffer[] | null>
  /** See `Handler.parks`. */
  readonly parks: boolean
  /** To be called when the answer has left. */
  readonly whenSent: readonly (() => void)[]
}

/** Takes a frame and finds its handler. */
export interface Dispatcher {
  /** Decodes at once, so that what is wrong with the frame is thrown (ProtocolError), and handles in order of calls. */
  dispatch(frame: Buffer, connected: Connected): Dispatched
}

export function createDispatcher(handlers: readonly Handler[], memory: FrameMemory, logger: Logger): Dispatcher {
  const byKey = new Map(handlers.map((handler) => [handler.api.key, handler]))
  return {
    dispatch(frame, connected) {
      const reader = new Reader(frame, 0, frame.length, BROKER_LIMITS.maxRequestElements.default)
      const header = readRequestHeader(reader)
      const handler = byKey.get(header.apiKey)
      if (handler === undefined) throw new ProtocolError('unknown-api', `api key ${header.apiKey}`)
      const { api } = handler
      const whenSent: (() => void)[] = []
      const { host, signal, disconnect } = connected
      const caller: Caller = {
        header,
        host,
        signal,
        disconnect,
        releaseRequest: () => memory.letGo(frame),
        whenSent: (callback) => void whenSent.push(callback),
      }
      const { apiVersion } = header
      expectSize(api, frame.length)
      if (apiVersion < api.minVersion || apiVersion > api.maxVersion) {
        if (api.key === apiVersions.key) {
          return { answer: respondUnsupported(handler, caller), parks: false, whenSent }
        }
        throw new ProtocolError('unsupported-version', `${api.name} version ${apiVersion}`)
      }
      if (api.requestHeaderVersion(apiVersion) === 2) skipTaggedFields(reader)
      const request = api.readRequest(apiVersion, reader)
      return { answer: answerTo(handler, request, caller, logger), parks: handler.parks, whenSent }
    },
  }
}

async function answerTo(
  handler: Handler,
  request: unknown,
  caller: Caller,
  logger: Logger,
): Promise<readonly Buffer[] | null> {
  const { apiVersion, correlationId } = caller.header
  try {
    const response = await handler.handle(request, caller)
    return response === null ? null : encode(handler, apiVersion, correlationId, response)
  } catch (error) {
    // A defect of ours: this client cannot be answered, everybody else can.
    if (!caller.signal.aborted) logDefect(logger, handler.api.name, apiVersion, error)
    caller.disconnect('handler failed')
    return null
  }
}

/** Only Produce brings records; any other request as large as one is no request. */
function expectSize(api: Api, size: number): void {
  const limit = BROKER_LIMITS.maxOtherRequestBytes.default
  if (size <= limit || api.key === produce.key) return
  throw new ProtocolError('frame-too-large', `${api.name} of ${size} bytes, the limit is ${limit}`)
}

/** KIP-511: an ApiVersions request that is too new is answered in version 0, with what we do speak. */
async function respondUnsupported(handler: Handler, caller: Caller): Promise<readonly Buffer[]> {
  const response = await handler.handle(null, caller)
  return encode(handler, 0, caller.header.correlationId, response)
}

function encode(handler: Handler, version: number, correlationId: number, response: unknown): readonly Buffer[] {
  const { api } = handler
  const writer = Writer.ofFrame()
  writeResponseHeader(writer, api.responseHeaderVersion(version), correlationId)
  // The handler made it for this api; the table of handlers has lost its type.
  api.writeResponse(version, writer, response as never)
  return writer.frame()
}

function logDefect(logger: Logger, api: string, version: number, error: unknown): void {
  const code = error instanceof StoplogError ? error.code : 'E_BUG'
  const stack = error instanceof Error ? error.stack : String(error)
  logger.error('a request could not be handled', { code, api, version, stack })
}
