import { z } from 'zod'
import { byteSize } from '../../schemas/byte-size.ts'
import { duration } from '../../schemas/duration.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSource, type ConnectorContext, type PullSource, type SourceBatch } from '../connector.ts'
import { readDocumentFile, type Converted, type DocumentConversion } from '../file/document-source.ts'
import type { FileDocument } from '../file/document.ts'
import { parseFilePosition } from '../file/file-position.ts'
import { FileSet } from '../file/file-set.ts'
import { parseJsonNumbersAsText, withoutByteOrderMark } from '../file/json-document.ts'
import { filePath, placeOfFiles } from '../file/path-field.ts'
import { toReportEvents, type ReportOptions } from './report-events.ts'

const config = z.strictObject({
  path: filePath,
  asset: z
    .string()
    .min(1, 'expected a name, got an empty text')
    .max(1_024)
    .optional()
    .describe(
      'A unique name of what was scanned, such as git.example.com/team/app, for reports that name only a path. ' +
        'Reports with an image digest, image id or repository URL keep those.',
    ),
  follow: z.boolean().default(false).describe('Waits for new and changed reports instead of ending after those there.'),
  poll_every: duration.prefault('1s').describe('With follow: how often to look, where the system reports no change.'),
  allow_empty: z.boolean().default(false).describe('It is no error that no file matches.'),
  passed: z.boolean().default(false).describe('Gives events of passed checks, too; they are always counted.'),
  raw_data: z.boolean().default(false).describe('Adds the findings as they are in the report, as text in raw_data.'),
  max_document: byteSize.prefault('64MiB').describe('A larger report is a dead letter.'),
})

/**
 * Reads JSON reports of Trivy (schema version 2, and those of `trivy k8s`) as OCSF 1.8: vulnerabilities as 2002,
 * misconfigurations and licenses as 2003, secrets as 2006, and one 6007 scan activity per report.
 *
 * - What one report says several times about the same thing (one vulnerability of one package in two lock files, one
 *   check failing at two lines of a file) is one event with each place in it and their number in `count`.
 * - A finding that Trivy was told to suppress is an event with status Suppressed and the reason; write the report with
 *   `--show-suppressed` to have them.
 * - Reports of `trivy k8s` need `asset:` as the name of the cluster: their own is often just "kubernetes".
 * - Lists of packages and custom resources are not read.
 */
export const trivySource = defineSource({
  type: 'trivy',
  summary: 'Reads JSON reports of Trivy as OCSF findings, and one scan activity per report.',
  mode: 'pull',
  config,
  capabilities: { replayable: true, acknowledged: false },
  place: placeOfFiles,
  bounded: ({ follow }) => !follow,
  create: (options, context) => new TrivySource(options, context),
})

class TrivySource implements PullSource {
  readonly #context: ConnectorContext
  readonly #set: FileSet
  readonly #conversion: DocumentConversion

  constructor(options: z.output<typeof config>, context: ConnectorContext) {
    this.#context = context
    this.#set = new FileSet(
      {
        paths: options.path,
        follow: options.follow,
        pollMs: options.poll_every,
        allowEmpty: options.allow_empty,
      },
      context,
    )
    const reportOptions = { asset: options.asset, passed: options.passed, rawData: options.raw_data }
    this.#conversion = {
      options: JSON.stringify([options.asset ?? null, options.passed]),
      maxDocumentBytes: options.max_document,
      convert: (document) => convert(document, reportOptions),
    }
  }

  partitions(): AsyncIterable<string> {
    return this.#set.paths()
  }

  open(path: string, position: Json | null): AsyncIterable<SourceBatch> {
    return readDocumentFile(this.#set, this.#context, path, parseFilePosition(position, path), this.#conversion)
  }

  async close(): Promise<void> {
    this.#set.close()
  }
}

/** The conversion names no file, so its errors get the report's path here. */
function convert(file: FileDocument, options: ReportOptions): Converted {
  const document = parseJsonNumbersAsText(withoutByteOrderMark(file.bytes), file.path)
  try {
    return toReportEvents(document, file, options)
  } catch (error) {
    if (!(error instanceof StoplogError) || error.where !== undefined) throw error
    throw new StoplogError(error.code, `${file.path}: ${error.message}`, { where: file.path, fix: error.fix })
  }
}
