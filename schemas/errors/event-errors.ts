import type { ErrorEntry } from './error-entry.ts'

/** What makes a single event a dead letter, here or at another system. */
export const EVENT_ERRORS = {
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
    fix: 'look at the bytes with `pipeline dlq show NODE`; text that is JSON inside is read by the step parse',
  },
  E_VALUE_DEPTH: {
    category: 'runtime',
    summary: 'the value of an event is nested too deeply',
    fix: 'look at the bytes with `pipeline dlq show NODE`; no known tool writes such reports',
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
  // Input of connectors that cannot be read as events
  E_INPUT_BINARY: {
    category: 'runtime',
    summary: 'input that should be text is binary, or not UTF-8',
    fix: 'leave such files out of `path`; text in another encoding has to be written as UTF-8',
  },
  E_INPUT_JSON: {
    category: 'runtime',
    summary: 'a document is not JSON',
    fix: 'look at the named place; a report that breaks off was still being written or its tool was stopped',
  },
  E_INPUT_TOO_LARGE: {
    category: 'runtime',
    summary: 'a document or line is longer than the limit of its source',
    fix: 'raise `max_document` or `max_line` of the source if there is memory for it, or write smaller pieces',
  },
  E_INPUT_DEPTH: {
    category: 'runtime',
    summary: 'a document is nested too deeply',
    fix: 'leave the file out of `path`; no known tool writes such reports',
  },
  E_ITEMS: {
    category: 'runtime',
    summary: 'the expression `items` of a source does not give a list for a document',
    fix: "name the list inside the document, such as items: 'value.vulnerabilities'",
  },
  E_ASSET_UNKNOWN: {
    category: 'runtime',
    summary: 'a report does not say what was scanned in a way that is the same everywhere',
    fix: 'add `asset:` with a unique name, such as git.example.com/team/app, and run again: the report is then read',
  },
  E_TRIVY_REPORT: {
    category: 'runtime',
    summary: 'a document is not a report of Trivy that is understood',
    fix: 'write reports with `trivy … --format json`, Trivy 0.20 or later',
  },
  E_TRIVY_FINDING: {
    category: 'runtime',
    summary: 'a finding in a report of Trivy has no id',
    fix: 'look at the place in the report; the other findings of the report were read',
  },
  E_SOURCE_POSITION: {
    category: 'runtime',
    summary: 'a stored position of a source is of a shape that the source does not write',
    fix: 'read the source again from its beginning',
  },
  // One event that another system will not take
  E_DOCUMENT_REFUSED: {
    category: 'runtime',
    summary: 'a search server refuses a document for good',
    fix: 'compare the value (`pipeline dlq show NODE`) with the mapping of the index; steps of the sink can make it fit',
  },
  E_DOCUMENT_TOO_LARGE: {
    category: 'runtime',
    summary: 'a document is larger than the server takes in one request',
    fix: 'raise the limit of the server or proxy (http.max_content_length), or make the event smaller with remove or map',
  },
  E_DOCUMENT_SHAPE: {
    category: 'runtime',
    summary: 'the value of an event is no JSON map, so it is no document',
    fix: 'wrap it in the steps of the sink: map: \'{"value": value}\'',
  },
  E_DOCUMENT_ID: {
    category: 'runtime',
    summary: 'the expression `id` gives no text for an event',
    fix: 'leave `id` out to use the id of the event, or name a field that every event has',
  },
} as const satisfies Record<string, ErrorEntry>
