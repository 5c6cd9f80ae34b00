import type { FailedInput, NewEvent } from '../../schemas/event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { ConnectorContext, SourceBatch } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { toContentId } from './content-id.ts'
import { readDocument, type FileDocument } from './document.ts'
import type { DocumentPosition, LinePosition } from './file-position.ts'
import type { FileSet } from './file-set.ts'
import { DocumentBreaksOff } from './json-document.ts'
import { readOpenFile, type OpenFile } from './open-file.ts'

export interface Converted {
  /** How many events the document gives. */
  readonly count: number
  /** The n-th of them, from 0; made when it is needed, since all of them at once may need much memory. */
  readonly event: (index: number) => NewEvent
  readonly failed: readonly FailedInput[]
}

/** What a source makes of each of its documents. */
export interface DocumentConversion {
  /** Names the options that decide which events a document gives, and in which order. */
  readonly options: string
  readonly maxDocumentBytes: number
  /** Always the same for the same document. Throws a StoplogError to refuse the document as a whole. */
  convert(document: FileDocument): Converted
}

type Settled = { readonly settled: boolean }

/**
 * Reads one file as one document. The position is the digest of the content: a file with the same content is not read
 * again, one with another content is read from its beginning, one that was half read goes on at the next event. A
 * document that was refused is tried again, so that a corrected config reads it, but fails only once.
 */
export function readDocumentFile(
  set: FileSet,
  context: ConnectorContext,
  path: string,
  position: DocumentPosition | LinePosition | null,
  conversion: DocumentConversion,
): AsyncGenerator<SourceBatch> {
  const known = position?.format === 'json' ? position : null
  return readOpenFile(set, context.baseDir, path, (open) => read(set, context, path, known, conversion, open))
}

async function* read(
  set: FileSet,
  context: ConnectorContext,
  path: string,
  position: DocumentPosition | null,
  conversion: DocumentConversion,
  { file, stats, reading }: OpenFile,
): AsyncGenerator<SourceBatch, Settled> {
  const document = await readDocument(file, path, stats, conversion.maxDocumentBytes, set.signal)
  const known = position?.digest === document.digest ? position : null
  if (known?.done === true && known.refused === null) {
    if (reading.first) yield alreadyRead(known)
    return { settled: true }
  }
  if (position !== null && !position.done && known === null) {
    context.logger.warn('a file was replaced before all of it was read', { path, read: position.items })
  }
  const converted = tryConvert(document, conversion)
  if (converted instanceof StoplogError) {
    if (converted.cause instanceof DocumentBreaksOff && reading.mayGrow(await file.stat())) return { settled: false }
    yield known?.refused === undefined || known.refused === null
      ? refused(document, conversion, converted)
      : alreadyRead(known)
    return { settled: true }
  }
  const skipped = known !== null && known.options === conversion.options && known.refused === null ? known.items : 0
  yield* batches(document, conversion, converted, skipped, set.signal)
  return { settled: true }
}

function tryConvert(document: FileDocument, conversion: DocumentConversion): Converted | StoplogError {
  if (document.tooLarge !== null) return document.tooLarge
  try {
    return conversion.convert(document)
  } catch (error) {
    if (error instanceof StoplogError && error.category !== 'bug') return error
    throw error
  }
}

function* batches(
  document: FileDocument,
  conversion: DocumentConversion,
  converted: Converted,
  skipped: number,
  signal: AbortSignal,
): Generator<SourceBatch> {
  const size = CONNECTOR_LIMITS.maxSourceBatchEvents.default
  let from = skipped
  do {
    signal.throwIfAborted()
    const to = Math.min(from + size, converted.count)
    const position: DocumentPosition = {
      format: 'json',
      digest: document.digest,
      items: to,
      done: to === converted.count,
      refused: null,
      options: conversion.options,
    }
    const events = Array.from({ length: to - from }, (_, index) => converted.event(from + index))
    yield { events, failed: from === 0 ? converted.failed : [], position }
    from = to
  } while (from < converted.count)
}

function refused(document: FileDocument, conversion: DocumentConversion, error: StoplogError): SourceBatch {
  const { path, bytes, digest, length, tooLarge } = document
  const cut = tooLarge === null ? {} : { cut: { length, sha256: digest } }
  const position: DocumentPosition = {
    format: 'json',
    digest,
    items: 0,
    done: true,
    refused: error.code,
    options: conversion.options,
  }
  return {
    events: [],
    failed: [{ error, bytes, origin: error.where ?? path, id: toContentId(digest, 0), ...cut }],
    position,
  }
}

function alreadyRead(position: DocumentPosition): SourceBatch {
  return { events: [], position, alreadyRead: 1 }
}
