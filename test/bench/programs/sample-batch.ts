import { NO_HEADERS, RecordBatchBuilder } from '../../../broker/protocol/record-batch-builder.ts'
import { Random } from '../../support/random.ts'

export const RECORD_BYTES = 1_024
/** Records of 1 KB in a batch of 64 KB, as a producer with `batch.size=65536` makes it. */
export const RECORDS_PER_BATCH = 63

const WORDS = 'severity package version image digest layer fixed open severe label owner cluster'.split(' ')

/** Values of 1 KB that compress about as well as findings do. */
export function recordValues(count = RECORDS_PER_BATCH): readonly string[] {
  const random = new Random(11)
  return Array.from({ length: count }, () => {
    let value = ''
    while (value.length < RECORD_BYTES) value += `"${random.pick(WORDS)}":"${random.bytes(6).toString('hex')}",`
    return value.slice(0, RECORD_BYTES)
  })
}

/** A batch of these values, as a producer without identity sends it. */
export function batchOf(values: readonly string[]): Buffer {
  const builder = new RecordBatchBuilder(values.length * (RECORD_BYTES + 32))
  for (const value of values) builder.append(1_000, null, value, NO_HEADERS)
  return builder.finish()
}
