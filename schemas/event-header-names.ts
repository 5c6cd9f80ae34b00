/**
 * Names of record headers that have a meaning in Stoplog. CloudEvents 1.0, binary mode on Kafka: attributes carry the
 * prefix `ce_`, the content type does not.
 */
export const HEADER = {
  specVersion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  subject: 'ce_subject',
  time: 'ce_time',
  dataSchema: 'ce_dataschema',
  contentType: 'content-type',
  /** `arrival` where the event has no time of its own and carries the time it came in. */
  timeOrigin: 'stoplog_time',
  /** Shape of a dead letter or of a decision. */
  schemaVersion: 'schema_version',
  /** On a dead letter: the error's code, its place in the document, the index of the step. */
  errorCode: 'stoplog_error_code',
  errorPath: 'stoplog_error_path',
  errorStep: 'stoplog_error_step',
  /** On a dead letter: what to do, where that is more than the error's code says. */
  errorFix: 'stoplog_error_fix',
  /** On a dead letter: where the input came from, in the words of its source. */
  origin: 'stoplog_origin',
  /** On a dead letter whose value is not, or not all, there: full length in bytes and SHA-256 of what came in. */
  valueBytes: 'stoplog_value_bytes',
  valueSha256: 'stoplog_value_sha256',
  /** On a dead letter that `dlq replay` sends again: the count of attempts. `dedupe` lets such an event pass. */
  replay: 'stoplog_replay',
} as const
