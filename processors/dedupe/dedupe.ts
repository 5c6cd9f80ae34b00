import { z } from 'zod'
import { duration } from '../../schemas/duration.ts'
import { defineProcessor } from '../processor.ts'
import { createDeduplicator } from './deduplicator.ts'
import { MARKS } from './mark.ts'

const config = z.strictObject({
  within: duration.meta({
    description: 'an event is dropped when less than this lies between its time and that of the last one let through',
  }),
  max_keys: z.int().min(1).max(10_000_000).prefault(1_000_000).meta({
    description: 'keys remembered on one partition; at the limit the node stops, it never forgets in silence',
  }),
})

/**
 * `dedupe: { within: 24h }`, by the record key.
 *
 * An event is a duplicate when less than `within` lies between its event time and that of the last event of its key
 * that was let through, on either side. A deletion always passes, and the next event of its key too. A replayed dead
 * letter passes. An event without a key fails.
 *
 * After a crash, what comes again has the same outcome again: a replay repeats what was let through, and nothing else. A
 * key is forgotten when its time lies 2 × `within` behind the latest time let through, so that the answer is exact for
 * events up to `within` late; later ones may pass.
 */
export const dedupe = defineProcessor({
  type: 'dedupe',
  summary: 'Drops events whose key was let through a short while ago.',
  config,
  places: ['stream'],
  stateful: true,
  changesKey: false,
  create({ within, max_keys: maxKeys }, context) {
    return { each: createDeduplicator({ withinMs: within, maxKeys, marks: context.store(MARKS) }) }
  },
})
