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
  /** On a dead letter that `dlq replay` sends again: the count of attempts. `dedupe` lets such an event pass. */
  replay: 'stoplog_replay',
} as const
