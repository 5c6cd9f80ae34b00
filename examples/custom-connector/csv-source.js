import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defineSource, StoplogError, z } from 'stoplog'

/** How many lines are handed over at a time. After each batch the position is kept. */
const BATCH_LINES = 100

/**
 * Reads a file of comma-separated values, the names of the fields in its first line. Each line is an event; its key is
 * the first field. Quotes are not understood.
 */
export const csvSource = defineSource({
  type: 'csv',
  summary: 'Reads the lines of a CSV file.',
  mode: 'pull',
  // From this come validation, defaults, `pipeline describe ./csv-source.js` and messages with line and column.
  config: z.strictObject({
    path: z.string().min(1).describe("The file, relative to the document's folder."),
  }),
  // The same position gives the same rest on every run, so a crash loses nothing.
  capabilities: { replayable: true, acknowledged: false },
  // It ends by itself, and with it the run.
  bounded: () => true,
  // What the summary of a run shows.
  place: ({ path }, baseDir) => resolve(baseDir, path),
  create: ({ path }, context) => createCsvSource(resolve(context.baseDir, path), context.signal),
})

function createCsvSource(file, stopped) {
  let isClosed = false
  return {
    /** Parts that are read independently, each with a position of its own: here the one file. */
    async *partitions() {
      yield file
    },

    /** `position` is what the last batch gave when its events had become durable; null at the very first. */
    async *open(partition, position) {
      const [header = '', ...lines] = await readLines(partition)
      const names = header.split(',')
      // A run that found nothing new says so in its summary.
      if (position !== null && position.line >= lines.length) yield { events: [], position, alreadyRead: 1 }
      for (let at = position?.line ?? 0; at < lines.length; at += BATCH_LINES) {
        // Whoever waits for the node to stop must not wait for the whole file.
        if (isClosed || stopped.aborted) return
        const batch = lines.slice(at, at + BATCH_LINES)
        yield {
          events: batch.map((line, index) => toEvent(names, line, at + index)),
          position: { line: at + batch.length },
        }
      }
    },

    async close() {
      isClosed = true
    },
  }
}

async function readLines(file) {
  try {
    const text = await readFile(file, 'utf8')
    return text.split(/\r?\n/).filter((line) => line !== '')
  } catch (error) {
    // An expected failure has a code: the node stops and says what to do. Anything else counts as a defect.
    throw new StoplogError('E_FILE_READ', `${file} cannot be read: ${error.message}`, { where: file, cause: error })
  }
}

function toEvent(names, line, index) {
  const cells = line.split(',')
  const value = Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']))
  return {
    // The same line read twice gives the same id, so that sinks can tell a repetition.
    id: createHash('sha256').update(`${index}\n${line}`).digest('hex').slice(0, 32),
    type: 'csv.line',
    key: cells[0] || null,
    value,
  }
}
