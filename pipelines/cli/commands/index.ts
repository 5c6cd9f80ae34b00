import type { Command } from '../command.ts'
import { broker } from './broker.ts'
import { consume } from './consume.ts'
import { describe } from './describe.ts'
import { dlqLs, dlqShow } from './dlq.ts'
import { run } from './run.ts'
import { show } from './show.ts'
import { topics } from './topics.ts'
import { validate } from './validate.ts'
import { version } from './version.ts'

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  run,
  validate,
  show,
  describe,
  broker,
  topics,
  consume,
  dlqLs,
  dlqShow,
  version,
]
