import { dedupe } from './dedupe/dedupe.ts'
import { filter } from './filter/filter.ts'
import { key } from './key/key.ts'
import { map } from './map/map.ts'
import { parse } from './parse/parse.ts'
import { policy } from './policy/policy.ts'
import type { ProcessorPlugin } from './processor.ts'
import { redact } from './redact/redact.ts'
import { remove } from './remove/remove.ts'
import { set } from './set/set.ts'
import { split } from './split/split.ts'
import { validate } from './validate/validate.ts'

/** Every built-in step. */
export const PROCESSORS: readonly ProcessorPlugin[] = [
  dedupe,
  filter,
  key,
  map,
  parse,
  policy,
  redact,
  remove,
  set,
  split,
  validate,
]
