import type { Writable } from 'node:stream'
import { z } from 'zod'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSink, type Sink } from '../connector.ts'
import { joinLines, toLineBatch } from '../file/line-batch.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { WriteFailure } from '../write-failure.ts'

/**
 * Prints the values of events, one JSON document per line. A batch is settled when the operating system has taken it:
 * what the reader of a pipe does with it is out of sight, and a crash repeats what was not settled.
 */
export const stdoutSink = defineSink({
  type: 'stdout',
  summary: 'Prints events to the standard output, one JSON document per line.',
  config: z.strictObject({}),
  capabilities: { idempotent: false },
  batch: () => ({
    records: CONNECTOR_LIMITS.maxStdoutBatchRecords.default,
    bytes: CONNECTOR_LIMITS.maxStdoutBatchBytes.default,
    ageMs: CONNECTOR_LIMITS.stdoutBatchAgeMs.default,
  }),
  create: () => createStreamSink(process.stdout),
})

/** The sink over any stream. It never ends the stream, which belongs to others, too. */
export function createStreamSink(stream: Writable): Sink {
  // Without a listener, a reader that has gone would end the process; each write learns of it by its callback.
  const ignore = (): void => {}
  stream.on('error', ignore)
  return {
    async write(batch, signal) {
      signal.throwIfAborted()
      const { lines, failed } = toLineBatch(batch)
      if (lines.length > 0) await writeAll(stream, joinLines(lines))
      if (failed.length > 0) throw new WriteFailure(failed)
    },
    async close() {
      // A closed stream may report its error later than the write that met it.
      if (!stream.destroyed) stream.off('error', ignore)
    },
  }
}

function writeAll(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error === null || error === undefined) resolve()
      else reject(toStdoutError(error))
    })
  })
}

function toStdoutError(error: Error): StoplogError {
  return new StoplogError('E_STDOUT_CLOSED', `the standard output cannot be written: ${error.message}`, {
    where: 'stdout',
    cause: error,
  })
}
