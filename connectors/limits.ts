import type { Limit } from '../schemas/limit.ts'

/** Every bound of the connectors. Where a user may move one, the config field is named in the reason. */
export const CONNECTOR_LIMITS = {
  readChunkBytes: {
    default: 1_048_576,
    unit: 'bytes',
    reason: 'one read of a file; what a source of lines holds in memory at a time, beside one line',
  },
  maxLineBytes: {
    default: 8_388_608,
    unit: 'bytes',
    reason: '`max_line`: one line of ndjson; a longer one is a dead letter and reading goes on behind it',
  },
  maxDocumentBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: '`max_document`: a JSON document is parsed in one piece, which takes several times its size in memory',
  },
  maxJsonDepth: {
    default: 500,
    unit: 'count',
    reason: 'lists and maps within each other in a document; walking deeper ones could end the stack',
  },
  maxFailedInputBytes: {
    default: 65_536,
    unit: 'bytes',
    reason: 'what is kept of a line or document that is over its limit, beside its length and SHA-256',
  },
  maxSourceBatchEvents: {
    default: 2_000,
    unit: 'count',
    reason: 'events that a source of files hands over at a time',
  },
  maxMatchedFiles: {
    default: 100_000,
    unit: 'count',
    reason: 'files that the `path` of one source may match; each has a position of its own',
  },
  maxPatternAlternatives: {
    default: 1_000,
    unit: 'count',
    reason: 'patterns that the braces of one `path` may stand for; {a,b}{a,b}… doubles with each pair',
  },
  fileSettleMs: {
    default: 2_000,
    unit: 'ms',
    reason: 'with `follow`, how long a file that breaks off must stay unchanged before that counts as its end',
  },
  fileWatchPauseMs: {
    default: 50,
    unit: 'ms',
    reason: 'pause after the operating system reports a change, so that a busy writer does not cause a busy loop',
  },
  maxLineFileBatchRecords: { default: 10_000, unit: 'count', reason: 'events that the sink `file` syncs together' },
  maxLineFileBatchBytes: { default: 4_194_304, unit: 'bytes', reason: 'bytes that the sink `file` syncs together' },
  lineFileBatchAgeMs: { default: 100, unit: 'ms', reason: 'how long an event waits for others before it is written' },
  maxTornLineBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'a last line without its end that the sink `file` cuts off; more than that is no file of lines',
  },
  maxStdoutBatchRecords: { default: 1_000, unit: 'count', reason: 'lines written to the standard output at a time' },
  maxStdoutBatchBytes: { default: 262_144, unit: 'bytes', reason: 'bytes written to the standard output at a time' },
  stdoutBatchAgeMs: { default: 20, unit: 'ms', reason: 'people look at it: lines appear at once' },
  maxGenerateBatchEvents: { default: 1_000, unit: 'count', reason: 'about 1 MiB of generated findings' },
  maxOccurrences: {
    default: 100,
    unit: 'count',
    reason: 'places of one finding that are listed one by one; all are counted, and metadata.is_truncated says so',
  },
  maxScanTargets: {
    default: 1_000,
    unit: 'count',
    reason: 'targets that a scan activity lists; all are counted, and metadata.is_truncated says so',
  },
  maxRetryAfterMs: {
    default: 900_000,
    unit: 'ms',
    reason: 'longest wait that another system may ask for (Retry-After)',
  },
  maxServerTextLength: {
    default: 500,
    unit: 'count',
    reason: 'characters of what another system says that stand in a message',
  },
  maxBulkBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: '`batch.bytes` of the sink `elasticsearch` at most: servers refuse requests of 100 MB, and heads are added',
  },
  maxBulkAnswerBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'answer to a bulk request; about 3 KB for each of 10,000 documents that fail with long reasons',
  },
  elasticsearchKeepAliveMs: {
    default: 50_000,
    unit: 'ms',
    reason: 'how long an idle connection is kept; load balancers close them after 60 s',
  },
  httpMaxConnections: {
    default: 512,
    unit: 'count',
    reason: 'open connections of one source `http`; more are closed at once',
  },
  httpMaxHeaderBytes: { default: 16_384, unit: 'bytes', reason: 'request line and headers together; 431 beyond' },
  httpMaxHeaders: { default: 100, unit: 'count', reason: 'headers of one request; 431 beyond' },
  httpHeadersTimeoutMs: {
    default: 10_000,
    unit: 'ms',
    reason: 'until the headers of a request have arrived, and a TLS handshake is done; slow ones hold a connection',
  },
  httpKeepAliveMs: {
    default: 65_000,
    unit: 'ms',
    reason: 'how long an idle connection stays open: longer than load balancers keep theirs, which is 60 s',
  },
  httpTimeoutCheckMs: { default: 1_000, unit: 'ms', reason: 'how often the two time-outs of requests are looked at' },
  httpBufferedBytes: {
    default: 268_435_456,
    unit: 'bytes',
    reason: 'bodies in memory of all requests under way together; 503 beyond',
  },
  httpMaxLines: { default: 50_000, unit: 'count', reason: 'lines of one ndjson body, each an event; 413 beyond' },
  maxHttpIdLength: { default: 512, unit: 'count', reason: 'characters of a delivery id; it stands in every record' },
  httpRetryAfterMs: { default: 1_000, unit: 'ms', reason: 'what a sender is asked to wait when there is no room' },
  httpDrainBytes: {
    default: 67_108_864,
    unit: 'bytes',
    reason: 'of a body that is refused, what is still read so that the sender gets to see the answer',
  },
  httpCloseGraceMs: { default: 10_000, unit: 'ms', reason: 'how long closing waits for deliveries under way' },
} as const satisfies Record<string, Limit>
