import { z } from 'zod'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'

const digest = z.string().regex(/^[0-9a-f]{64}$/)
const count = z.int().nonnegative()

const documentPosition = z.strictObject({
  format: z.literal('json'),
  /** SHA-256 of the whole file. */
  digest,
  /** Events of the document that were handed over. */
  items: count,
  done: z.boolean(),
  /** Error code, when the whole document was refused; it is tried again in case the config makes it readable now. */
  refused: z.string().nullable(),
  /** Which options the items were counted with; with others, a document that is not done begins again. */
  options: z.string(),
})

const linePosition = z.strictObject({
  format: z.literal('ndjson'),
  /** Of all lines up to there: see LineChain. */
  digest,
  /** End of the last line that was handed over, without its line end. */
  bytes: count,
  /** Length of that line: when it turns out to go on, it is read again from its start. */
  line: count,
  /** Lines that were handed over. */
  items: count,
})

export type DocumentPosition = z.output<typeof documentPosition>
export type LinePosition = z.output<typeof linePosition>

const filePosition = z.discriminatedUnion('format', [documentPosition, linePosition])

/** A stored position; null stays null. Throws E_SOURCE_POSITION for anything that was not written by these sources. */
export function parseFilePosition(position: Json | null, path: string): DocumentPosition | LinePosition | null {
  if (position === null) return null
  const parsed = filePosition.safeParse(position)
  if (parsed.success) return parsed.data
  throw new StoplogError('E_SOURCE_POSITION', `the stored position of ${path} cannot be understood`, {
    where: path,
    cause: parsed.error,
  })
}
