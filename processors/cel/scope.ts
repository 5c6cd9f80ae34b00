import type { Event } from '../../schemas/event.ts'
import { ANY, type CelType, mapOf, NUMBER, STRING } from './cel-type.ts'

/** A name that stands for something of the event. */
export interface Variable<S> {
  readonly name: string
  readonly type: CelType
  readonly summary: string
  read(subject: S): unknown
  /** A field of it by the names that lead there, where that is cheaper; undefined says nothing. */
  readonly readField?: (subject: S, path: readonly string[]) => unknown
}

/** The variables of an expression. An expression of a step has those of one event; one of a join will have two sides. */
export type Scope<S> = readonly Variable<S>[]

export const EVENT_SCOPE: Scope<Event> = [
  {
    name: 'value',
    type: ANY,
    summary: "The event's value; null for a deletion.",
    read: (event) => event.value,
    // Fields are looked for in the bytes: most events that a filter stops are never parsed then.
    readField: (event, path) => event.field?.(path),
  },
  { name: 'key', type: ANY, summary: 'The record key as text; null when it has none.', read: (event) => event.key },
  { name: 'headers', type: mapOf(STRING), summary: 'The headers, as texts.', read: (event) => event.headers },
  { name: 'time', type: NUMBER, summary: 'The event time in ms since 1970.', read: (event) => event.time },
  { name: 'topic', type: STRING, summary: 'The topic the event was read from.', read: (event) => event.topic },
  { name: 'partition', type: NUMBER, summary: 'Its partition.', read: (event) => event.partition },
  { name: 'offset', type: NUMBER, summary: 'Its offset in the partition.', read: (event) => event.offset },
]
