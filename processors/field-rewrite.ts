import { isJsonObject, type Json } from '../schemas/json.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { ANY, DEEP, type FieldPattern, type PathSegment } from './field-path.ts'
import { PROCESSOR_LIMITS } from './limits.ts'
import { setField } from './own-field.ts'

/** What becomes of a field that a pattern names; undefined removes it. */
export type Rewrite = (content: Json) => Json | undefined

/** A value with the fields that patterns name rewritten. Where nothing is named, parts of the old value are shared. */
export type Rewriter = (value: Json, rewrite: Rewrite) => Json

/** Where patterns can go on from one place: a trie of their segments. */
interface Place {
  readonly next: Map<PathSegment, Place>
  /** Reached by `**`: every deeper place is this one again. */
  readonly deep: boolean
  /** A pattern ends here. */
  end: boolean
}

/** Compiles patterns to one walk that visits each part of a value at most once. The rewriter throws E_VALUE_DEPTH. */
export function createRewriter(patterns: readonly FieldPattern[]): Rewriter {
  const root: Place = { next: new Map(), deep: false, end: false }
  for (const { segments } of patterns) {
    let place = root
    for (const segment of segments) place = placeAfter(place, segment)
    place.end = true
  }
  return (value, rewrite) => walk(value, withDeeper([root]), rewrite, 0)
}

function placeAfter(place: Place, segment: PathSegment): Place {
  const known = place.next.get(segment)
  if (known !== undefined) return known
  const added: Place = { next: new Map(), deep: segment === DEEP, end: false }
  place.next.set(segment, added)
  return added
}

function walk(value: Json, places: readonly Place[], rewrite: Rewrite, depth: number): Json {
  if (typeof value !== 'object' || value === null) return value
  const limit = PROCESSOR_LIMITS.maxValueDepth.default
  if (depth >= limit) throw new StoplogError('E_VALUE_DEPTH', `the value is nested more than ${limit} levels deep`)
  const visit = (key: string | number, content: Json): Json | undefined => {
    const reached = step(places, key)
    if (reached.length === 0) return content
    return reached.some(({ end }) => end) ? rewrite(content) : walk(content, withDeeper(reached), rewrite, depth + 1)
  }
  return isJsonObject(value) ? walkMap(value, visit) : walkList(value, visit)
}

type Visit = (key: string | number, content: Json) => Json | undefined

function walkMap(map: Readonly<Record<string, Json>>, visit: Visit): Json {
  const names = Object.keys(map)
  const contents = names.map((name) => visit(name, map[name] ?? null))
  if (names.every((name, index) => contents[index] === map[name])) return map
  const copy: Record<string, Json> = {}
  for (const [index, name] of names.entries()) {
    const content = contents[index]
    if (content !== undefined) setField(copy, name, content)
  }
  return copy
}

function walkList(list: readonly Json[], visit: Visit): Json {
  const contents = list.map((content, index) => visit(index, content))
  if (contents.every((content, index) => content === list[index])) return list
  return contents.filter((content) => content !== undefined)
}

/** Where the patterns are after one more field or element. */
function step(places: readonly Place[], key: string | number): Place[] {
  const reached: Place[] = []
  for (const place of places) {
    if (place.deep) reached.push(place)
    const named = place.next.get(key)
    if (named !== undefined) reached.push(named)
    const any = place.next.get(ANY)
    if (any !== undefined) reached.push(any)
  }
  return reached
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
