import { createEvent } from '../../../support/event.ts'

/** The event of all cases; the value is written as JSON text, as it would come in. */
const VALUE = `{
  "n": 7, "zero": 0, "neg": -3, "half": 0.5, "big": 12345678901234567890, "huge": 1e300,
  "s": "HIGH", "empty": "", "yes": true, "no": false, "nil": null, "u": "a😀b",
  "list": [1, 2, 3], "words": ["a", "b"], "none": [], "mixed": [1, "a", null],
  "o": {"a": {"b": "deep"}, "odd name": 1, "in": 2}, "items": [{"id": 1}, {"id": 2}],
  "constructor": "own", "hasOwnProperty": 1, "toString": null,
  "hostile": {"constructor": {"name": "x"}, "__proto__": {"polluted": true}, "x": 1},
  "created": "2026-08-21T08:00:00Z", "date": "2026-08-21", "ip": "10.1.2.3", "pattern": "^H", "evil": "(?=x)",
  "path": "a/b/c", "numberText": "42", "badTime": "yesterday", "unit": "m"
}`

export const event = createEvent({
  bytes: VALUE,
  key: 'sha256:abc',
  headers: { ce_type: 'finding', 'content-type': 'application/json' },
  time: Date.UTC(2026, 7, 21, 10, 20, 30, 456),
  topic: 'pipeline.scans',
  partition: 3,
  offset: 42,
})
