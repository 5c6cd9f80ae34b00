import { isJsonObject, type Json } from '../schemas/json.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { ANY, DEEP, type FieldPattern, type PathSegment } from './field-path.ts'
import { PROCESSOR_LIMITS } from './limits.ts'
import { setField } from './own-field.ts'

/** What becomes of a field that a pattern names; undefined removes it. */
export type Rewrite = (content: Json) => Json | undefined

/** A value with the fields that patterns name rewritten. Where nothing is named, parts of the old value are shared. */
export type Rewriter = (value: Json, rewrite: Rewrite) => Json

/** One place in the patterns: what stands before it has been found. */
interface Place {
  readonly id: number
  readonly next: Map<PathSegment, Place>
  /** Reached by `**`: every deeper place is this one again. */
  readonly deep: boolean
  /** A pattern ends here. */
  end: boolean
}

/** All places at which the patterns may stand at once, and where each field leads from there. */
interface State {
  /** A pattern ends here. */
  readonly end: boolean
  readonly named: Map<string | number, State>
  /** For fields that no pattern names; undefined when these lead nowhere. */
  other: State | undefined
}

/** Compiles patterns to one walk that visits each part of a value at most once. The rewriter throws E_VALUE_DEPTH. */
export function createRewriter(patterns: readonly FieldPattern[]): Rewriter {
  const root: Place = { id: 0, next: new Map(), deep: false, end: false }
  let places = 1
  for (const { segments } of patterns) {
    let place = root
    for (const segment of segments) {
      const known = place.next.get(segment)
      const next = known ?? { id: places, next: new Map(), deep: segment === DEEP, end: false }
      if (known === undefined) places += 1
      place.next.set(segment, next)
      place = next
    }
    place.end = true
  }
  const start = createState([root], new Map())
  return (value, rewrite) => walk(value, start, rewrite, 0)
}

function createState(places: readonly Place[], known: Map<string, State>): State {
  const name = places
    .map(({ id }) => id)
    .sort((a, b) => a - b)
    .join(' ')
  const made = known.get(name)
  if (made !== undefined) return made
  const state: State = { end: places.some(({ end }) => end), named: new Map(), other: undefined }
  known.set(name, state)
  const all = withDeeper(places)
  const stateAfter = (key: string | number | undefined): State | undefined => {
    const reached = step(all, key)
    return reached.length === 0 ? undefined : createState(reached, known)
  }
  state.other = stateAfter(undefined)
  for (const key of all.flatMap((place) => [...place.next.keys()])) {
    const next = typeof key === 'symbol' ? undefined : stateAfter(key)
    if (typeof key !== 'symbol' && next !== undefined) state.named.set(key, next)
  }
  return state
}

/** Where the patterns are after one more field or element; undefined stands for one that none of them names. */
function step(places: readonly Place[], key: string | number | undefined): readonly Place[] {
  const reached = new Set<Place>()
  for (const place of places) {
    if (place.deep) reached.add(place)
    const named = key === undefined ? undefined : place.next.get(key)
    if (named !== undefined) reached.add(named)
    const any = place.next.get(ANY)
    if (any !== undefined) reached.add(any)
  }
  return [...reached]
}

/** `**` stands for no step as well, so what follows it can begin right here. */
function withDeeper(places: readonly Place[]): readonly Place[] {
  const all = [...places]
  for (const place of all) {
    const deep = place.next.get(DEEP)
    if (deep !== undefined && !all.includes(deep)) all.push(deep)
  }
  return all
}

function walk(value: Json, state: State, rewrite: Rewrite, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  if (depth >= limit) throw new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
  const after = (content: Json, next: State): Json | undefined =>
    next.end ? rewrite(content) : walk(content, next, rewrite, depth + 1)
  return isJsonObject(value) ? walkMap(value, state, after) : walkList(value, state, after)
}

type After = (content: Json, next: State) => Json | undefined

function walkMap(map: Readonly<Record<string, Json>>, state: State, after: After): Json {
  const changed = new Map<string, Json | undefined>()
  for (const name of state.other === undefined ? state.named.keys() : Object.keys(map)) {
    const next = state.named.get(name) ?? state.other
    const content = typeof name === 'string' && Object.hasOwn(map, name) ? map[name] : undefined
    if (next === undefined || content === undefined) continue
    const rewritten = after(content, next)
    if (rewritten !== content) changed.set(String(name), rewritten)
  }
  if (changed.size === 0) return map
  const copy: Record<string, Json> = {}
  for (const name of Object.keys(map)) {
    const content = changed.has(name) ? changed.get(name) : map[name]
    if (content !== undefined) setField(copy, name, content)
  }
  return copy
}

function walkList(list: readonly Json[], state: State, after: After): Json {
  const contents = list.map((content, index) => {
    const next = state.named.get(index) ?? state.other
    return next === undefined ? content : after(content, next)
  })
  if (contents.every((content, index) => content === list[index])) return list
  return contents.filter((content) => content !== undefined)
}
