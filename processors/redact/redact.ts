import { z } from 'zod'
import { secret } from '../../schemas/secret.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { fieldPattern, parseFieldPattern } from '../field-path.ts'
import { createRewriter } from '../field-rewrite.ts'
import { defineProcessor } from '../processor.ts'
import { compileRegex } from '../regex.ts'
import { createReplacement, rewriteTexts } from './replacement.ts'

const config = z
  .strictObject({
    fields: z.array(fieldPattern).min(1).optional().meta({
      description: 'paths below the value, * and ** as wildcards; left out: all texts, for `pattern` to search',
    }),
    pattern: z.string().min(1).optional().meta({
      description: 'an RE2 expression: only what it matches in texts is replaced; left out: the whole field',
    }),
    with: z.string().prefault('[redacted]').meta({
      description:
        'what stands for it: a text, or hmac for an HMAC-SHA-256 with `key`, so that equal secrets stay equal',
    }),
    key: secret.optional().meta({ description: 'the key of the HMAC', writeOnly: true }),
  })
  .superRefine(({ fields, pattern, with: replacement, key }, context) => {
    const issue = (message: string, path: string[]): void => {
      context.addIssue({ code: 'custom', message, path })
    }
    if (fields === undefined && pattern === undefined) issue('expected fields, pattern or both', [])
    if (replacement === 'hmac' && key === undefined)
      issue("with: hmac needs a key, such as '${env:REDACT_KEY}'", ['with'])
    if (replacement !== 'hmac' && key !== undefined) issue('a key is of use only with: hmac', ['key'])
    if (pattern !== undefined) reportPattern(pattern, issue)
  })

/**
 * `redact: { fields: ['**.password', user.email] }`, `redact: { pattern: 'ghp_[A-Za-z0-9]{36}' }`.
 *
 * Only the value is looked at: not the record key, not the headers, not the names of fields. A field that is named by
 * `fields` loses its content of any type, null apart; with `pattern`, only the matching parts of texts in it. Stands it
 * among a node's steps, a failure up to it keeps no bytes. A deletion passes as it is.
 */
export const redact = defineProcessor({
  type: 'redact',
  summary: 'Replaces secrets and personal data in the value.',
  config,
  places: ['source', 'stream', 'sink'],
  stateful: false,
  changesKey: false,
  create({ fields, pattern, with: written, key }) {
    const rewrite = createRewriter(fields ?? [parseFieldPattern('**')])
    const replacement = createReplacement(written, key)
    if (pattern === undefined) {
      return {
        each(event) {
          const { value } = event
          const redacted = rewrite(value, (content) => (content === null ? null : replacement(content)))
          if (redacted !== value) event.value = redacted
          return 'pass'
        },
      }
    }
    const regex = compileRegex(pattern)
    const clean = (text: string): string => (regex.test(text) ? regex.replaceAll(text, replacement) : text)
    const wholeValue = fields === undefined
    return {
      each(event) {
        const { value } = event
        const redacted = wholeValue
          ? rewriteTexts(value, clean)
          : rewrite(value, (content) => rewriteTexts(content, clean))
        if (redacted !== value) event.value = redacted
        return 'pass'
      },
    }
  },
})

function reportPattern(pattern: string, issue: (message: string, path: string[]) => void): void {
  try {
    compileRegex(pattern)
  } catch (error) {
    if (!(error instanceof StoplogError)) throw error
    issue(`${error.message}; ${error.fix}`, ['pattern'])
  }
}
