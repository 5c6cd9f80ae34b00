import type { ErrorEntry } from './error-entry.ts'

/** What stops a node at work, and what should not happen at all. */
export const RUNNING_ERRORS = {
  // Running nodes
  E_EVENT_TOO_LARGE: {
    category: 'runtime',
    summary: 'an event is larger than its topic takes',
    fix: 'make it smaller before (remove, map), or raise max.message.bytes of the topic',
  },
  E_TIME_FUTURE: {
    category: 'runtime',
    summary: 'an event is more than 5 minutes ahead of the clock',
    fix: 'check the clock of the machine that made it; `on_future: drop` ignores such events',
  },
  E_NODE_FAILURES: {
    category: 'runtime',
    summary: 'too many events failed, so the node has stopped and keeps its place',
    fix: 'see the dead letters for the reason; after mending it, run again',
  },
  E_NODE_STOP: {
    category: 'runtime',
    summary: 'an event failed and `on_error: stop` is set, so the node has stopped before it',
    fix: 'mend the cause and run again; `on_error: dead_letter` would put such events aside',
  },
  E_SINK_STOPPED: {
    category: 'environment',
    summary: 'the outside system refuses what the sink sends, not for one event but for all',
    fix: 'mend the cause and run again: the sink keeps its place and nothing is lost',
  },
  E_BACKPRESSURE: {
    category: 'runtime',
    summary: 'there is no room for more events now',
    fix: 'send again after a while; nothing was taken',
  },
  E_START_REQUIRED: {
    category: 'config',
    summary: 'a new sink reads a topic that holds older events, and does not say where to begin',
    fix: 'give the sink `start: earliest`, `start: latest` or a time',
  },
  E_TOPIC_MISMATCH: {
    category: 'environment',
    summary: 'a topic is there already, but not as the document wants it',
    fix: 'give the node the `partitions` that the topic has, or another `topic`',
  },
  E_OFFSET_GONE: {
    category: 'runtime',
    summary: 'records that were not read yet are gone from the topic',
    fix:
      'look who deletes records of that topic; to go on behind the gap, stop this and move the group with a tool of ' +
      'Kafka (kafka-consumer-groups --reset-offsets --to-earliest) while `pipeline broker` runs',
  },
  E_BROKER: {
    category: 'environment',
    summary: 'the broker refuses what it is asked for',
    fix: 'see the reason; the broker must be a Kafka of version 2.1 or later and let us create topics',
  },
  // Anything that should not happen
  E_BUG: { category: 'bug', summary: 'a defect in Stoplog itself', fix: 'please report it with the lines above' },
} as const satisfies Record<string, ErrorEntry>
