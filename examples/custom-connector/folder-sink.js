import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { defineSink, WriteFailure, z } from 'stoplog'

/**
 * Writes each event into a file of its own. The name comes from the event's id, so an event that is written again, after
 * a crash or because somebody reads the input once more, leaves one file.
 */
export const folderSink = defineSink({
  type: 'folder',
  summary: 'Writes each event into a file of its own.',
  config: z.strictObject({
    path: z.string().min(1).describe("The folder, relative to the document's; it is created."),
  }),
  capabilities: { idempotent: true },
  // Whichever comes first: so many events, so many bytes, so long after the first of them.
  batch: () => ({ records: 100, bytes: 1_048_576, ageMs: 100 }),
  place: ({ path }, baseDir) => resolve(baseDir, path),
  async create({ path }, context) {
    const folder = resolve(context.baseDir, path)
    await mkdir(folder, { recursive: true })
    return createFolderSink(folder)
  },
})

function createFolderSink(folder) {
  return {
    /** Resolves when all of the batch is on the disk; offsets move only then. */
    async write(batch, signal) {
      const failed = []
      for (const [index, event] of batch.entries()) {
        signal.throwIfAborted()
        try {
          await writeEvent(folder, event)
        } catch (error) {
          // A value that is not JSON never will be: a dead letter. What the disk refuses now is tried again.
          failed.push({ index, error, permanent: error.code === 'E_VALUE_JSON' })
        }
      }
      if (failed.length > 0) throw new WriteFailure(failed)
    },

    async close() {
      // Every file was closed when it was written.
    },
  }
}

async function writeEvent(folder, event) {
  // The id may hold anything, a file name may not.
  const name = createHash('sha256').update(event.id).digest('hex').slice(0, 32)
  const file = join(folder, `${name}.json`)
  if (event.bytes === null) {
    await rm(file, { force: true })
    return
  }
  // Looking at the value parses it, or throws E_VALUE_JSON. The bytes are written, so that no number is rounded.
  if (event.value === undefined) return
  const draft = `${file}.draft`
  const handle = await open(draft, 'w')
  try {
    await handle.writeFile(event.bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
  // Others see all of it or nothing.
  await rename(draft, file)
}
