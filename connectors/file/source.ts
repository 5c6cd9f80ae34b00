import { z } from 'zod'
import { byteSize } from '../../schemas/byte-size.ts'
import { duration } from '../../schemas/duration.ts'
import { expression } from '../../schemas/expression.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { defineSource, type ConnectorContext, type PullSource, type SourceBatch } from '../connector.ts'
import { readDocumentFile } from './document-source.ts'
import { createItemConversion } from './document-items.ts'
import { parseFilePosition } from './file-position.ts'
import { FileSet } from './file-set.ts'
import { readLineFile } from './line-source.ts'
import { filePath, placeOfFiles } from './path-field.ts'

const FORMATS: ReadonlyMap<string, 'json' | 'ndjson'> = new Map([
  ['json', 'json'],
  ['ndjson', 'ndjson'],
  ['jsonl', 'ndjson'],
  ['ldjson', 'ndjson'],
  ['log', 'ndjson'],
])

const config = z
  .strictObject({
    path: filePath,
    format: z
      .enum(['json', 'ndjson'])
      .optional()
      .describe(
        'json: a file is one document. ndjson: each line is one. Left out: .json is json, .ndjson .jsonl .log are ndjson.',
      ),
    items: expression
      .optional()
      .describe("The list inside a json document whose elements are the events: 'value.vulnerabilities'."),
    follow: z.boolean().default(false).describe('Waits for new and changed files instead of ending after those there.'),
    poll_every: duration.prefault('1s').describe('With follow: how often to look, where the system reports no change.'),
    allow_empty: z.boolean().default(false).describe('It is no error that no file matches.'),
    type: z.string().min(1).max(200).default('file.item').describe('CloudEvents type of the events.'),
    max_document: byteSize.prefault('64MiB').describe('A larger json document is a dead letter.'),
    max_line: byteSize.prefault('8MiB').describe('A longer line of ndjson is a dead letter.'),
  })
  .refine(({ items, format }) => items === undefined || format !== 'ndjson', {
    path: ['items'],
    error: 'stands only with json documents; the lines of ndjson are the events already',
  })

/**
 * Reads JSON documents, lists in them, or lines of JSON. The identity of a file is its path and content: an overwritten
 * file is read again, an unchanged one is not, lines that were appended are read from there on.
 *
 * - The id of an event is (content digest, item number). For a line, the content is the file up to the end of that line,
 *   so it stays the same when the file grows. A copy of a file under another name gives events with the same ids.
 * - A number that a double would round is kept as it is written. With `items`, such an element is handed over as text.
 * - Compressed files, other encodings than UTF-8 and named pipes are not read.
 */
export const fileSource = defineSource({
  type: 'file',
  summary: 'Reads files of JSON: whole documents, a list inside them, or one document per line.',
  mode: 'pull',
  config,
  capabilities: { replayable: true, acknowledged: false },
  place: placeOfFiles,
  bounded: ({ follow }) => !follow,
  create: (options, context) => new FileSource(options, context),
})

type FileSourceConfig = z.output<typeof config>

class FileSource implements PullSource {
  readonly #config: FileSourceConfig
  readonly #context: ConnectorContext
  readonly #set: FileSet

  constructor(options: FileSourceConfig, context: ConnectorContext) {
    this.#config = options
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
  }

  partitions(): AsyncIterable<string> {
    return this.#set.paths()
  }

  open(path: string, position: Json | null): AsyncIterable<SourceBatch> {
    const { items, type, max_document: maxDocumentBytes, max_line: maxLineBytes } = this.#config
    const known = parseFilePosition(position, path)
    if (this.#formatOf(path) === 'ndjson') {
      return readLineFile(this.#set, this.#context, path, known, { type, maxLineBytes })
    }
    const conversion = createItemConversion({ items, type, maxDocumentBytes }, this.#context)
    return readDocumentFile(this.#set, this.#context, path, known, conversion)
  }

  async close(): Promise<void> {
    this.#set.close()
  }

  #formatOf(path: string): 'json' | 'ndjson' {
    const format = this.#config.format ?? FORMATS.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
    if (format !== undefined) return format
    throw new StoplogError('E_FILE_FORMAT', `the name of ${path} does not tell whether it is json or ndjson`, {
      where: path,
    })
  }
}
