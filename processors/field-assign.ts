import { isJsonObject, type Json } from '../schemas/json.ts'
import { StoplogError } from '../schemas/stoplog-error.ts'
import { nounOf, kindOf } from './cel/cel-value.ts'
import type { FieldPath } from './field-path.ts'
import { copyFields, setField } from './own-field.ts'

/** Sets fields at paths in a copy of a value; contents are in the order of the paths, undefined leaves a field alone. */
export type Assigner = (value: Json, contents: readonly (Json | undefined)[]) => Json

interface Branch {
  readonly path: string
  readonly below: Map<string | number, Branch>
  /** Place of the content in the list of contents. */
  content: number | undefined
}

/**
 * Compiles paths to one walk. Maps on the way that are absent or null are made; a list is never made or lengthened.
 * Throws E_FIELD_PATH for paths of which one lies within the other; the assigner throws E_FIELD_TYPE.
 */
export function createAssigner(paths: readonly FieldPath[]): Assigner {
  const root: Branch = { path: 'the value', below: new Map(), content: undefined }
  for (const [index, path] of paths.entries()) plant(root, path, index)
  return (value, contents) => assign(value, root, contents) ?? value
}

function plant(root: Branch, { text, segments }: FieldPath, index: number): void {
  let branch = root
  for (const segment of segments) {
    if (branch.content !== undefined) throw overlapError(branch.path, text)
    const [sibling] = branch.below.keys()
    if (sibling !== undefined && typeof sibling !== typeof segment) throw overlapError(branch.path, text)
    let next = branch.below.get(segment)
    if (next === undefined) {
      const path = typeof segment === 'number' ? `${branch.path}[${segment}]` : segment
      next = {
        path: branch === root || typeof segment === 'number' ? path : `${branch.path}.${segment}`,
        below: new Map(),
        content: undefined,
      }
      branch.below.set(segment, next)
    }
    branch = next
  }
  if (branch.content !== undefined || branch.below.size > 0) throw overlapError(text, branch.path)
  branch.content = index
}

function overlapError(outer: string, inner: string): StoplogError {
  return new StoplogError('E_FIELD_PATH', `"${outer}" and "${inner}" set the same field`, {
    fix: 'set the outer field alone, or only fields within it',
  })
}

/** The part with all contents below the branch; undefined when there is none to set. */
function assign(part: Json | undefined, branch: Branch, contents: readonly (Json | undefined)[]): Json | undefined {
  if (branch.content !== undefined) return contents[branch.content]
  let copy: Record<string, Json> | Json[] | undefined
  for (const [key, below] of branch.below) {
    const content = assign(childOf(part, key), below, contents)
    if (content === undefined) continue
    copy ??= copyOf(part, key, branch)
    if (Array.isArray(copy)) setElement(copy, key, content, branch)
    else setField(copy, String(key), content)
  }
  return copy
}

function childOf(part: Json | undefined, key: string | number): Json | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  if (!isJsonObject(part)) return typeof key === 'number' ? part[key] : undefined
  return typeof key === 'string' && Object.hasOwn(part, key) ? part[key] : undefined
}

function copyOf(part: Json | undefined, key: string | number, branch: Branch): Record<string, Json> | Json[] {
  if (typeof key === 'number') {
    if (Array.isArray(part)) return [...part]
    throw typeError(branch, 'a list', part)
  }
  if (part === undefined || part === null) return {}
  if (isJsonObject(part)) return copyFields(part)
  throw typeError(branch, 'a map', part)
}

function setElement(list: Json[], key: string | number, content: Json, branch: Branch): void {
  if (typeof key !== 'number') throw typeError(branch, 'a map', list)
  if (key >= list.length) {
    throw new StoplogError('E_FIELD_TYPE', `${branch.path} has ${list.length} elements, none at ${key}`)
  }
  list[key] = content
}

function typeError(branch: Branch, expected: string, part: Json | undefined): StoplogError {
  const got = part === undefined ? 'absent' : nounOf(kindOf(part))
  return new StoplogError('E_FIELD_TYPE', `${branch.path} is ${got}; to set a field in it, it has to be ${expected}`)
}
