import { z } from 'zod'
import type { WorkingEvent } from '../../schemas/event.ts'
import type { Json } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { createAssigner } from '../field-assign.ts'
import { type FieldPath, fieldPath } from '../field-path.ts'
import { defineProcessor, type StepOutcome } from '../processor.ts'
import { splitInto } from '../split/split.ts'
import { parseJson, parseJsonLines } from './json-text.ts'

const format = z.enum(['json', 'ndjson'])

const options = z.strictObject({
  format: format.meta({ description: 'json: one value; ndjson: a line for each' }),
  field: fieldPath.optional().meta({ description: 'the field with the text; left out: the value itself' }),
  big_numbers: z.enum(['fail', 'string']).prefault('fail').meta({
    description: 'numbers that a double cannot carry: fail the event, or keep them as strings',
  }),
})

const config = z
  .union([format.transform((name) => options.parse({ format: name })), options], {
    error: 'expected json, ndjson or { format, field, big_numbers }',
  })
  .meta({ description: 'the format of the text, or an object with it' })

/**
 * `parse: ndjson`, or `parse: { format: json, field: log, big_numbers: string }`.
 *
 * Without `field`, what is parsed is the value when it is a text, otherwise the bytes that came in; `ndjson` makes an
 * event of each line. With `field`, the text in it is replaced by what it says, `ndjson` by a list. One broken line
 * fails the event as a whole, which is kept. A deletion passes as it is.
 */
export const parse = defineProcessor({
  type: 'parse',
  summary: 'Reads JSON or lines of JSON out of a text.',
  config,
  places: ['source', 'stream'],
  stateful: false,
  changesKey: false,
  create({ format, field, big_numbers: bigNumbers }) {
    const read = (text: string): Json =>
      format === 'json' ? parseJson(text, bigNumbers) : parseJsonLines(text, bigNumbers)
    if (field !== undefined) return { each: parseField(field, read) }
    if (format === 'ndjson') {
      return {
        each(event) {
          const text = textOf(event)
          return text === null ? 'pass' : splitInto(event, parseJsonLines(text, bigNumbers))
        },
      }
    }
    return {
      each(event) {
        const text = typeof event.value === 'string' ? event.value : bigNumbers === 'string' ? bytesOf(event) : null
        if (text !== null) event.value = read(text)
        return 'pass'
      },
    }
  },
})

/** The text to parse: the value when it is one, else the bytes as they came; null for a deletion. */
function textOf(event: WorkingEvent): string | null {
  const value = isReadable(event) ? event.value : undefined
  if (value === null) return null
  if (typeof value === 'string') return value
  const text = bytesOf(event)
  if (text !== null) return text
  throw new StoplogError('E_FIELD_TYPE', 'an earlier step has made another value, which is no text any more', {
    fix: 'let parse stand before the steps that change the value',
  })
}

/** Lines of JSON are no JSON as a whole, which is no reason to fail here. */
function isReadable(event: WorkingEvent): boolean {
  try {
    void event.value
    return true
  } catch (error) {
    if (error instanceof StoplogError && error.code === 'E_VALUE_JSON') return false
    throw error
  }
}

/** The bytes that came in as text; null when a step has changed the value, so that they are another one's. */
function bytesOf(event: WorkingEvent): string | null {
  if (event.valueChanged || event.bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(event.bytes)
  } catch (error) {
    throw new StoplogError('E_VALUE_JSON', 'the value is not text in UTF-8', { cause: error })
  }
}

function parseField(field: FieldPath, read: (text: string) => Json): (event: WorkingEvent) => StepOutcome {
  const assign = createAssigner([field])
  return (event) => {
    if (event.value === null) return 'pass'
    let content: Json | undefined = event.value
    for (const segment of field.segments) content = childOf(content, segment)
    if (content === undefined) throw new StoplogError('E_FIELD_MISSING', `${field.text} is missing`)
    if (typeof content !== 'string')
      throw new StoplogError('E_FIELD_TYPE', `${field.text} is no text that could be parsed`)
    event.value = assign(event.value, [read(content)])
    return 'pass'
  }
}

function childOf(part: Json | undefined, segment: string | number): Json | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  return Array.isArray(part) === (typeof segment === 'number') && Object.hasOwn(part, segment)
    ? Object.getOwnPropertyDescriptor(part, segment)?.value
    : undefined
}
