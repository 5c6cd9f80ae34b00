import { type Documentation, signatureOf } from './cel-function.ts'
import { typeName } from './cel-type.ts'
import { FUNCTIONS, MACROS } from './dialect.ts'
import { EVENT_SCOPE } from './scope.ts'

/** What the dialect has of one sort, for `pipeline describe cel`. Every example is also a test. */
export interface ReferenceSection {
  readonly title: 'variables' | 'operators' | 'macros' | 'functions'
  readonly entries: readonly ReferenceEntry[]
}

export interface ReferenceEntry extends Documentation {
  readonly name: string
}

const OPERATORS: readonly ReferenceEntry[] = [
  {
    name: 'field',
    signature: "value.a.b, value['odd name'], value.list[0]",
    summary: 'A field or element; the event fails with E_FIELD_MISSING when it is absent.',
    example: { expression: "{'a': {'b': [1, 2]}}.a.b[1]", result: 2 },
  },
  {
    name: 'optional field',
    signature: 'value.?a.b[?0].orValue(other)',
    summary: 'A field that may be absent, with all that follows on it; orValue says what stands for it then.',
    example: { expression: "{'a': 1}.?x.?y.orValue('none')", result: 'none' },
  },
  {
    name: 'arithmetic',
    signature: '+ - * / % and -x, on the numbers of JSON',
    summary: 'Division does not cut off, and what goes beyond 2^53 or divides by zero fails the event.',
    example: { expression: '7 / 2 + 7 % 2 * -1', result: 2.5 },
  },
  {
    name: 'concatenation',
    signature: 'text + text, list + list',
    summary: 'Joins two texts or two lists.',
    example: { expression: "'app' + ':' + 'latest'", result: 'app:latest' },
  },
  {
    name: 'time arithmetic',
    signature: 'timestamp ± duration, timestamp - timestamp, duration ± duration',
    summary: 'Moves a time, or gives the duration between two.',
    example: { expression: "timestamp('2026-08-21') - timestamp('2026-08-20')", result: '1d' },
  },
  {
    name: 'equality',
    signature: '== !=',
    summary: 'Compares all the way down; values of different types are unequal.',
    example: { expression: "[1, {'a': null}] == [1.0, {'a': null}]", result: true },
  },
  {
    name: 'order',
    signature: '< <= > >=, on two numbers, texts, booleans, timestamps or durations',
    summary: 'Compares two values of one type.',
    example: { expression: "duration('90m') > duration('1h')", result: true },
  },
  {
    name: 'membership',
    signature: "x in list, 'name' in map",
    summary: 'Whether a list has the element or a map has the field.',
    example: { expression: "'HIGH' in ['HIGH', 'CRITICAL']", result: true },
  },
  {
    name: 'logic',
    signature: '&& || !',
    summary: 'A side that decides alone decides, even where the other one fails.',
    example: { expression: "{'a': 1}.x == 1 && false", result: false },
  },
  {
    name: 'choice',
    signature: 'condition ? one : other',
    summary: 'One of two values; they may be of different types.',
    example: { expression: "1 > 2 ? 'more' : null", result: null },
  },
]

/** The whole dialect, made from the same tables as the compiler. */
export const CEL_REFERENCE: readonly ReferenceSection[] = [
  {
    title: 'variables',
    entries: EVENT_SCOPE.map(({ name, type, summary }) => ({
      name,
      signature: `${name}: ${typeName(type)}`,
      summary,
      example: { expression: `${name} == ${name}`, result: true },
    })),
  },
  { title: 'operators', entries: OPERATORS },
  {
    title: 'macros',
    entries: MACROS.map(({ name, signature, summary, example }) => ({ name, signature, summary, example })),
  },
  {
    title: 'functions',
    entries: [...FUNCTIONS.values()].map((entry) => ({
      name: entry.name,
      signature: signatureOf(entry),
      summary: entry.summary,
      example: entry.example,
    })),
  },
]
