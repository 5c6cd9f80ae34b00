import type { ConnectorContext, SourceBatch } from '../connector.ts'
import type { DocumentPosition, LinePosition } from './file-position.ts'
import type { FileSet } from './file-set.ts'
import { LineReader } from './line-reader.ts'
import { readOpenFile, type OpenFile } from './open-file.ts'

export interface LineOptions {
  /** CloudEvents type of the events. */
  readonly type: string
  readonly maxLineBytes: number
}

/**
 * Reads one file line by line. The position is the digest of all that was read: while the file still begins with it,
 * reading goes on behind it; otherwise the file was replaced and is read from its beginning.
 */
export function readLineFile(
  set: FileSet,
  context: ConnectorContext,
  path: string,
  position: DocumentPosition | LinePosition | null,
  options: LineOptions,
): AsyncGenerator<SourceBatch> {
  const known = position?.format === 'ndjson' ? position : null
  return readOpenFile(set, context.baseDir, path, (open) => read(set, context, path, known, options, open))
}

async function* read(
  set: FileSet,
  context: ConnectorContext,
  path: string,
  position: LinePosition | null,
  options: LineOptions,
  { file, stats, reading }: OpenFile,
): AsyncGenerator<SourceBatch, { readonly settled: boolean }> {
  const create = (): LineReader =>
    new LineReader(file, {
      path,
      ...options,
      signal: set.signal,
      mayGrow: async () => reading.mayGrow(await file.stat()),
    })
  let reader = create()
  const isResumed = position !== null && (await reader.resume(position))
  if (position !== null && !isResumed) reader = create()
  let handedOver = 0
  const batches = reader.batches()
  let next = await batches.next()
  while (next.done !== true) {
    handedOver += 1
    yield next.value
    next = await batches.next()
  }
  const { unfinished, emptyLines } = next.value
  if (emptyLines > 0) context.metrics.count('stoplog_source_empty_lines_total', emptyLines)
  if (handedOver === 0 && position !== null && isResumed && stats.size > 0 && reading.first && !unfinished) {
    yield { events: [], position, alreadyRead: 1 }
  }
  return { settled: !unfinished }
}
