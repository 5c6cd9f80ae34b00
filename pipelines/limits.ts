import type { Limit } from '../schemas/limit.ts'

/** Every bound of loading a document and of planning it. */
export const PIPELINE_LIMITS = {
  documentBytes: {
    default: 1_048_576,
    unit: 'bytes',
    reason: 'one document; hand-written ones stay below a tenth of it',
  },
  documentValues: {
    default: 100_000,
    unit: 'count',
    reason: 'keys, texts, lists and maps of one document with every alias written out; an alias bomb ends here',
  },
  documentTokens: {
    default: 400_000,
    unit: 'count',
    reason: 'words and signs of one document; what a text costs to parse grows with them rather than with its bytes',
  },
  documentDepth: {
    default: 64,
    unit: 'count',
    reason: 'lists and maps within each other; walking deeper ones could end the stack',
  },
  documentNodes: { default: 1_000, unit: 'count', reason: 'sources, streams and sinks of one document' },
  stepsPerNode: { default: 200, unit: 'count', reason: 'steps of one node; each runs for every event' },
  quoteRepairs: {
    default: 32,
    unit: 'count',
    reason:
      'lines that lack quotes and are read as meant, so that everything else is checked as well; each costs a parse',
  },
  diagnostics: {
    default: 500,
    unit: 'count',
    reason: 'errors, and as many warnings, that are told of one document; each is looked up, and nobody reads more',
  },
  interpolatedFileBytes: {
    default: 16_777_216,
    unit: 'bytes',
    reason: 'one file named by ${file:…}; a token or a test report, not a data set',
  },
  interpolatedBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'all texts of one document after ${…} was filled in',
  },
  partitions: {
    default: 1_024,
    unit: 'count',
    reason: 'partitions of one topic; each has files, an index and a task of its own',
  },
  deadLetterBytes: {
    default: 524_288,
    unit: 'bytes',
    reason: 'value of one dead letter; what is beyond is cut, with full length and SHA-256 in the headers',
  },
  eventBytes: {
    default: 8_388_608,
    unit: 'bytes',
    reason: "one event; our topics are created with it as max.message.bytes, a cluster's own may be smaller",
  },
  diskCheckMs: { default: 5_000, unit: 'ms', reason: 'how often the size of the data directory is measured' },
  minFreeBytes: {
    default: 268_435_456,
    unit: 'bytes',
    reason: 'room on the volume that sources leave: the journal, checkpoints and offsets still have to be written',
  },
  retentionCheckMs: { default: 60_000, unit: 'ms', reason: 'how often settled events are looked for to be deleted' },
  restartBackoffMs: {
    default: 30_000,
    unit: 'ms',
    reason: 'longest wait before a node that has broken down is started again',
  },
  sinkRefusals: {
    default: 5,
    unit: 'count',
    reason: 'times a sink is refused as a whole (credentials, rights) before it stops; an expired token may be renewed',
  },
  futureMs: {
    default: 300_000,
    unit: 'ms',
    reason: 'how far ahead of the clock an event may be when it arrives: more is a wrong clock, not a fast one',
  },
  troubleAfterMs: {
    default: 2_000,
    unit: 'ms',
    reason: 'how long the broker may fail a node before that is told; a new leader or coordinator takes about as long',
  },
  troubleEveryMs: { default: 30_000, unit: 'ms', reason: 'how often it is told again while it lasts' },
  brokerAnswerMs: {
    default: 10_000,
    unit: 'ms',
    reason: 'how long each address of a cluster may take to answer before a command says that nobody does',
  },
  topicNameLength: { default: 249, unit: 'count', reason: "Kafka's own limit; the name becomes a folder" },
} as const satisfies Record<string, Limit>
