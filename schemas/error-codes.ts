/**
 * Every error that a user can meet, by its stable code. The category decides the exit code; `summary` stands in the
 * README's table; `fix` is what to do when the place that raises the error knows nothing better.
 * A code is never given another meaning, and a retired one is never used again.
 */
export type ErrorCategory = 'config' | 'environment' | 'runtime' | 'bug'

interface ErrorEntry {
  readonly category: ErrorCategory
  readonly summary: string
  readonly fix: string
}

export const ERRORS = {
  // Values with units
  E_DURATION: {
    category: 'config',
    summary: 'a duration is not of the form 30s, 5m, 24h',
    fix: 'write a number and a unit: ms, s, m, h, d, w',
  },
  E_BYTE_SIZE: {
    category: 'config',
    summary: 'a size is not of the form 64KiB, 16MiB',
    fix: 'write a number and a unit: B, KiB, MiB, GiB, TiB',
  },
  // Data directory
  E_DATA_DAMAGED: {
    category: 'environment',
    summary: 'the data directory holds acknowledged data that cannot be read any more',
    fix: 'restore the directory from a copy, or move it away to begin with an empty one; nothing in it was changed',
  },
  // Expressions, templates and paths, at load
  E_EXPRESSION_SYNTAX: {
    category: 'config',
    summary: 'a text is not a CEL expression',
    fix: '`pipeline describe cel` shows the dialect with examples',
  },
  E_EXPRESSION_NAME: {
    category: 'config',
    summary: 'an expression uses a variable or function that does not exist',
    fix: '`pipeline describe cel` lists all variables and functions',
  },
  E_EXPRESSION_TYPE: {
    category: 'config',
    summary: 'an expression combines types that do not go together',
    fix: '`pipeline describe cel` lists what each operator and function takes',
  },
  E_EXPRESSION_LIMIT: {
    category: 'config',
    summary: 'an expression is too long or too deeply nested',
    fix: 'divide the work over several steps',
  },
  E_REGEX: {
    category: 'config',
    summary: 'a regular expression that RE2 does not know',
    fix: 'write it in RE2 syntax, which has no look-around and no back-references: github.com/google/re2/wiki/Syntax',
  },
  E_TEMPLATE: {
    category: 'config',
    summary: 'a text with braces cannot be read as a template',
    fix: "write findings-{time:yyyy.MM}; a brace that is meant as text is doubled: '{{'",
  },
  E_FIELD_PATH: {
    category: 'config',
    summary: 'a text is not the path of a field',
    fix: "write user.name, list[0].id or labels['app.kubernetes.io/name'], starting below the value",
  },
  E_SCHEMA: {
    category: 'config',
    summary: 'a JSON Schema cannot be read or compiled',
    fix: 'name a file with a JSON Schema, draft-07, 2019-09 or 2020-12, that needs no other files',
  },
  // One event that cannot be processed
  E_FIELD_MISSING: {
    category: 'runtime',
    summary: 'an expression reads a field that the event does not have',
    fix: 'write value.?field.orValue(null), or test has(value.field) before',
  },
  E_EXPRESSION_VALUE: {
    category: 'runtime',
    summary: 'an expression cannot be computed for this event',
    fix: 'test the type before, for example type(value.n) == double',
  },
  E_EXPRESSION_COST: {
    category: 'runtime',
    summary: 'an expression needs too much work for one event',
    fix: 'split the event before, or loop over a smaller list',
  },
  E_NAME_UNSAFE: {
    category: 'runtime',
    summary: 'an event would bring `..` or a control character into a name',
    fix: 'replace(…) what must not stand in the name, or leave the field out of it',
  },
  E_NUMBER_UNSAFE: {
    category: 'runtime',
    summary: 'a number that a double cannot carry would be rounded',
    fix: 'keep such numbers as text with the step parse: { format: json, big_numbers: string }',
  },
  E_KEY_NULL: {
    category: 'runtime',
    summary: 'an event has no key where one is needed',
    fix: "give it one with the step key: '<expression>'",
  },
  E_VALUE_JSON: {
    category: 'runtime',
    summary: 'the value of an event is not JSON',
    fix: 'look at the bytes with `pipeline dlq show`; text that is JSON inside is read by the step parse',
  },
  E_VALUE_DEPTH: {
    category: 'runtime',
    summary: 'the value of an event is nested too deeply',
    fix: 'look at the bytes with `pipeline dlq show`; no known tool writes such reports',
  },
  E_VALUE_INVALID: {
    category: 'runtime',
    summary: 'the value of an event does not match its JSON Schema',
    fix: 'compare the named places with the schema; on_invalid: drop leaves such events out',
  },
  E_FIELD_TYPE: {
    category: 'runtime',
    summary: 'a step needs another type of value in a field',
    fix: 'filter such events before, or make the field with a map step',
  },
  E_SPLIT: {
    category: 'runtime',
    summary: 'an event cannot be split',
    fix: "give split: a list without nulls, for example 'value.items.filter(i, i != null)'",
  },
  // State
  E_STATE_FULL: {
    category: 'runtime',
    summary: 'the state of a step has reached its limit',
    fix: 'raise the limit if there is memory for it, or keep entries for a shorter time',
  },
  // Anything that should not happen
  E_BUG: { category: 'bug', summary: 'a defect in Stoplog itself', fix: 'please report it with the lines above' },
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
