import type { Limit } from '../schemas/limit.ts'

/** Every bound of the steps and of their expressions. */
export const PROCESSOR_LIMITS = {
  maxExpressionLength: {
    default: 8_192,
    unit: 'count',
    reason: 'characters of one expression; longer ones are data that belongs into a table or several steps',
  },
  maxExpressionNodes: {
    default: 2_000,
    unit: 'count',
    reason: 'operators, names and literals of one expression; a chain of so many stays far from the end of the stack',
  },
  maxExpressionDepth: { default: 64, unit: 'count', reason: 'brackets within brackets of one expression' },
  maxExpressionIterations: {
    default: 1_000_000,
    unit: 'count',
    reason: 'turns of all(), map() and the like for one event; nested loops over a hostile list end here',
  },
  maxExpressionText: {
    default: 16_777_216,
    unit: 'count',
    reason: 'characters of one text that an expression builds; replace() and join() can multiply their input',
  },
  maxRegexLength: {
    default: 1_000,
    unit: 'count',
    reason: 'characters of a regular expression in the document',
  },
  maxEventRegexLength: {
    default: 200,
    unit: 'count',
    reason: 'characters of a regular expression that comes from an event; counted repetitions make it expensive',
  },
  maxRegexProgram: {
    default: 20_000,
    unit: 'count',
    reason: 'instructions of a compiled regular expression; the time per character grows with them',
  },
  maxCachedPatterns: {
    default: 100,
    unit: 'count',
    reason: 'compiled patterns that are kept where the pattern itself comes from events',
  },
  maxValueDepth: {
    default: 500,
    unit: 'count',
    reason: 'lists and maps within each other; walking deeper ones could end the stack',
  },
  maxNameLength: {
    default: 1_024,
    unit: 'count',
    reason: "bytes of a confined name; an S3 key's limit",
  },
  maxSplitEvents: {
    default: 100_000,
    unit: 'count',
    reason: 'events that one event may become; all of them are in memory at once',
  },
  maxSchemaBytes: { default: 16_777_216, unit: 'bytes', reason: 'a JSON Schema file; all of OCSF fits' },
  maxStoreEntries: {
    default: 10_000_000,
    unit: 'count',
    reason: 'keys of one store in memory',
  },
  maxStoreBytes: {
    default: 1_073_741_824,
    unit: 'bytes',
    reason: 'estimated size of one store in memory',
  },
} as const satisfies Record<string, Limit>
