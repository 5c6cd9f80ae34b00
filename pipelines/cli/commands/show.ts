import { defineCommand } from '../command.ts'
import { findDocuments, loadDocuments } from '../documents.ts'
import { done, failed } from '../outcome.ts'
import { formatResolved, resolvedToJson } from '../resolved-report.ts'
import { JSON_OPTION, VAR_OPTIONS } from '../shared-options.ts'
import { readVariables } from '../variables.ts'

export const show = defineCommand({
  name: 'show',
  summary: 'Prints a document with all values filled in, and where each of them comes from.',
  operands: 'FILE',
  minOperands: 1,
  maxOperands: 1,
  details: [
    'Behind each value stands its place in the document and, where it was filled in, from what. Secrets stay hidden.',
  ],
  options: { ...VAR_OPTIONS, ...JSON_OPTION },
  examples: [{ line: 'show pipeline.yaml --var env=prod', says: 'What would run, with this variable.' }],
  async run({ operands, options }, io) {
    const files = await findDocuments(operands, io.cwd)
    const vars = await readVariables(options, io.cwd)
    const { documents, problems } = await loadDocuments(files, { vars, requireSecrets: false }, io)
    const resolved = documents.flatMap((document) => document.resolved ?? [])
    const texts = resolved.map(formatResolved)
    const outcome = { result: resolved.map(resolvedToJson), text: texts.join('---\n') }
    // A document that is wrong is shown all the same: seeing its values may be the way to the cause.
    if (problems.length > 0) return failed(problems, outcome)
    return done({ ...outcome, summary: files.join(', ') })
  },
})
