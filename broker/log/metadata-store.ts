import type { Json } from '../../schemas/json.ts'

/** One change: a null value removes the key. */
export interface MetadataChange {
  readonly key: string
  readonly value: Json
}

/**
 * The broker's own small durable state: topics and their configs, committed offsets, groups, producer ids. A map of
 * JSON values whose changes go through the same journal, and the same fdatasync, as the records.
 *
 * Keys are paths: `topic/<name>`, `group/<id>`, `offset/<group>/<topic>/<partition>` with each part URI-encoded.
 */
export interface MetadataStore {
  get(key: string): Json | undefined
  /** All entries whose key begins with the prefix, in no order. */
  entries(prefix: string): Iterable<readonly [key: string, value: Json]>
  /** Visible to `get` at once, durable together when the promise resolves. */
  write(changes: readonly MetadataChange[]): Promise<void>
}

/** Joins the parts of a key so that no part can pretend to be two. */
export function metadataKey(...parts: readonly string[]): string {
  return parts.map(encodeURIComponent).join('/')
}
