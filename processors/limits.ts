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
  maxExpressionWork: {
    default: 1_000_000,
    unit: 'count',
    reason:
      'work of one expression on one event: turns of all(), map() and the like, elements of lists it builds, and 16 ' +
      'characters of text each; nested loops over a hostile list end here',
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
  maxEventPatternLength: {
    default: 200,
    unit: 'count',
    reason: 'characters of a pattern that comes from an event; counted repetitions make regular expressions expensive',
  },
  maxNetworkRanges: {
    default: 1_000,
    unit: 'count',
    reason: 'ranges of one cidr(); each is prepared before it is used',
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
  policyTimeoutMs: {
    default: 5_000,
    unit: 'ms',
    reason: 'one evaluation of a policy; a usual one takes 20 µs, the worst input 1 s, so this is a policy without end',
  },
  policyStartMs: { default: 30_000, unit: 'ms', reason: "start of a policy's worker, its data read and compiled" },
  policyCompileMs: { default: 60_000, unit: 'ms', reason: 'one run of `opa build` over the sources of a policy' },
  policyReloadMs: { default: 2_000, unit: 'ms', reason: 'between two looks at the file of a bundle' },
  policyBundleBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'a policy bundle, unpacked; more is data that belongs into a table',
  },
  policyBundleFiles: { default: 10_000, unit: 'count', reason: 'files of one policy bundle' },
  policyMemoryBytes: {
    default: 134_217_728,
    unit: 'bytes',
    reason: 'memory of the wasm of one policy: its data and one evaluation',
  },
  policyRecycleBytes: {
    default: 8_388_608,
    unit: 'bytes',
    reason: 'memory that one input may leave behind; wasm memory only grows, so beyond it the instance is replaced',
  },
  policyWorkerHeapBytes: {
    default: 805_306_368,
    unit: 'bytes',
    reason:
      'JavaScript heap of the worker of a policy; far more than the wasm memory, or growing that collects garbage',
  },
  policyInputBytes: {
    default: 1_048_576,
    unit: 'bytes',
    reason: 'JSON that one evaluation is given; a list of numbers takes a hundred times its size in the memory of wasm',
  },
  policyResultBytes: { default: 1_048_576, unit: 'bytes', reason: 'JSON of one result; a verdict has some sentences' },
  policyChunkInputs: { default: 1_000, unit: 'count', reason: 'inputs of one message to the worker' },
  policyChunkBytes: { default: 4_194_304, unit: 'bytes', reason: 'inputs of one message to the worker' },
  policyBuiltinItems: { default: 100_000, unit: 'count', reason: 'items of the list that one call of a builtin makes' },
  policyBuiltinText: {
    default: 16_777_216,
    unit: 'count',
    reason: 'characters of the text that one call of a builtin makes',
  },
  policyTimeZones: { default: 1_000, unit: 'count', reason: 'time zones kept at hand; there are about 600 names' },
  policyBuiltinDigits: { default: 400, unit: 'count', reason: 'digits of an amount that units.parse reads' },
} as const satisfies Record<string, Limit>
