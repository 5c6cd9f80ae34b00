import { resolve } from 'node:path'
import { z } from 'zod'
import type { Event } from '../../schemas/event.ts'
import { defineSink, type ConnectorContext, type Sink } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { WriteFailure } from '../write-failure.ts'
import { joinLines, toLineBatch, type IndexedLine } from './line-batch.ts'
import { LineFile } from './line-file.ts'
import { fittingLines, isFinished, nextRotatedPath, rotationConfig, type RotationLimits } from './rotation.ts'

const config = z.strictObject({
  path: z
    .string()
    .min(1, 'expected a path, got an empty text')
    .max(1_024)
    .refine((path) => !path.endsWith('/'), 'expected the path of a file, not of a folder')
    .describe("The file, relative to the document's folder. Its folders are created."),
  format: z.enum(['ndjson']).default('ndjson').describe('One JSON document per line.'),
  rotate: rotationConfig
    .optional()
    .describe('When to finish a file: out/all.ndjson is then renamed to out/all.000001.ndjson, and so on.'),
})

/**
 * Appends the values of events to a file, one JSON document per line, and syncs each batch to the disk.
 *
 * - At least once: a batch that was not confirmed before a crash is written again, so lines may be repeated.
 * - A line that a crash has torn is cut off when the file is opened again, and kept in `<path>.cut`.
 * - A file that was moved, deleted or cut short by others is noticed before the next batch and begun anew.
 * - Two sinks, or two processes, must not write to the same path.
 */
export const fileSink = defineSink({
  type: 'file',
  summary: 'Appends events to a file, one JSON document per line, synced to the disk.',
  config,
  place: ({ path }, baseDir) => resolve(baseDir, path),
  capabilities: { idempotent: false },
  batch: () => ({
    records: CONNECTOR_LIMITS.maxLineFileBatchRecords.default,
    bytes: CONNECTOR_LIMITS.maxLineFileBatchBytes.default,
    ageMs: CONNECTOR_LIMITS.lineFileBatchAgeMs.default,
  }),
  async create(options, context) {
    const sink = new FileSink(options, context)
    await sink.start()
    return sink
  },
})

class FileSink implements Sink {
  readonly #file: LineFile
  readonly #rotate: RotationLimits
  readonly #context: ConnectorContext

  constructor(options: z.output<typeof config>, context: ConnectorContext) {
    this.#file = new LineFile(resolve(context.baseDir, options.path), context.logger)
    this.#rotate = options.rotate ?? {}
    this.#context = context
  }

  async start(): Promise<void> {
    await this.#file.open(this.#context.clock.now(), this.#rotate.records !== undefined)
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const { lines, failed } = toLineBatch(batch)
    let written = 0
    try {
      while (written < lines.length) {
        signal.throwIfAborted()
        written += await this.#writeSome(lines, written)
      }
    } catch (error) {
      if (written === 0) throw error
      const cause = error instanceof Error ? error : new Error(String(error))
      const unwritten = lines.slice(written).map(({ index }) => ({ index, error: cause, permanent: false }))
      throw new WriteFailure([...failed, ...unwritten].sort((a, b) => a.index - b.index))
    }
    if (failed.length > 0) throw new WriteFailure(failed)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  /** Writes as many lines as one file takes and gives their number. */
  async #writeSome(lines: readonly IndexedLine[], from: number): Promise<number> {
    if (!this.#file.isOpen || !(await this.#file.isInPlace())) {
      await this.#file.close()
      await this.start()
    }
    const nextBytes = (lines[from]?.bytes.length ?? 0) + 1
    await this.#rotateIfFinished(nextBytes)
    const count = fittingLines(this.#rotate, this.#file.state, lines, from)
    await this.#file.append(joinLines(lines.slice(from, from + count)), count)
    // A full file gets its final name at once, so that others can fetch it.
    await this.#rotateIfFinished(0)
    return count
  }

  async #rotateIfFinished(nextBytes: number): Promise<void> {
    if (!isFinished(this.#rotate, this.#file.state, nextBytes, this.#context.clock.now())) return
    await this.#file.moveTo(await nextRotatedPath(this.#file.path))
    await this.start()
  }
}
