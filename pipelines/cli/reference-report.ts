import { CEL_REFERENCE } from '../../processors/cel/reference.ts'
import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import type { Json } from '../../schemas/json.ts'
import { exitCodeOf } from './exit-code.ts'
import { wrapIndented } from './text-layout.ts'

/** The dialect of expressions: what may stand in one, each with an example and what it gives. */
export function formatCel(width: number): string {
  const sections = CEL_REFERENCE.map(({ title, entries }) => {
    const lines = entries.map(({ signature, summary, example }) => {
      const shown = `${example.expression}  →  ${JSON.stringify(example.result)}`
      const isOfEvent = title === 'variables'
      return [
        wrapIndented(signature, width, 2),
        wrapIndented(summary, width, 6),
        ...(isOfEvent ? [] : [`      ${shown}`]),
      ].join('\n')
    })
    return `${title}\n${lines.join('\n')}`
  })
  return `${sections.join('\n\n')}\n`
}

export function celToJson(): Json {
  return CEL_REFERENCE.map(({ title, entries }) => ({
    title,
    entries: entries.map(({ name, signature, summary, example }) => ({
      name,
      signature,
      summary,
      example: { expression: example.expression, result: example.result as Json },
    })),
  }))
}

/** Error codes with their meaning and what to do; all, or one. */
export function formatErrors(codes: readonly ErrorCode[], width: number): string {
  const entries = codes.map((code) => {
    const { summary, fix } = ERRORS[code]
    const head = `${code}  (exit ${exitCodeOf(code)})`
    return [head, wrapIndented(summary, width, 4), wrapIndented(`fix: ${fix}`, width, 4)].join('\n')
  })
  return `${entries.join('\n')}\n`
}

export function errorsToJson(codes: readonly ErrorCode[]): Json {
  return codes.map((code) => ({ code, ...ERRORS[code], exit: exitCodeOf(code) }))
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

export const ERROR_CODES = Object.keys(ERRORS).filter(isErrorCode)
