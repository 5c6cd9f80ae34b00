import { resolve } from 'node:path'
import { z } from 'zod'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { parsePathPattern } from './path-pattern.ts'

const MAX_PATH_LENGTH = 1_024
const MAX_PATHS = 100

const path = z
  .string()
  .min(1, 'expected a path, got an empty text')
  .max(MAX_PATH_LENGTH)
  .superRefine((text, context) => {
    try {
      parsePathPattern(text)
    } catch (error) {
      if (!(error instanceof StoplogError)) throw error
      context.addIssue({ code: 'custom', message: error.message })
    }
  })

/** A config field that names files: one path or a list, with `*`, `?`, `**` and `{a,b}`. Read as a list. */
export const filePath = z
  .union([path, z.array(path).min(1).max(MAX_PATHS)])
  .transform((paths) => (typeof paths === 'string' ? [paths] : paths))
  .describe("Files, relative to the document's folder: './reports/**/*.json', or a list of such paths.")

/** The patterns of a source of files, as absolute paths. */
export function placeOfFiles({ path: paths }: { readonly path: readonly string[] }, baseDir: string): string {
  return paths.map((path) => resolve(baseDir, path)).join(', ')
}
