/** Record batches of 1 KB records: encoded, decoded, checked and compressed. Prints one JSON line. */
import { compress, decompress, prepareCompression } from '../../../broker/protocol/compression.ts'
import { crc32c, nativeCrc32c, tableCrc32c } from '../../../broker/protocol/crc32c.ts'
import { NO_HEADERS, RecordBatchBuilder } from '../../../broker/protocol/record-batch-builder.ts'
import { COMPRESSIONS, readBatchHeader, verifyBatch } from '../../../broker/protocol/record-batch.ts'
import { readRecords } from '../../../broker/protocol/record-reader.ts'
import { measureWork, middleOf, type MeasuredWork } from '../measured-work.ts'
import { batchOf, RECORDS_PER_BATCH, recordValues } from './sample-batch.ts'

export interface CodecResult {
  readonly name: string
  readonly records: number
  readonly bytes: number
  readonly work: MeasuredWork
}

const ROUNDS = 5
const MAX_BYTES = 16_777_216

async function repeat(name: string, times: number, bytesEach: number, once: () => void): Promise<CodecResult> {
  for (let i = 0; i < times / 5; i += 1) once()
  const rounds: MeasuredWork[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push(
      await measureWork(() => {
        for (let i = 0; i < times; i += 1) once()
      }),
    )
  }
  return { name, records: times * RECORDS_PER_BATCH, bytes: times * bytesEach, work: middleOf(rounds) }
}

async function run(): Promise<readonly CodecResult[]> {
  await prepareCompression()
  const values = recordValues()
  const batch = batchOf(values)
  const size = batch.length
  const results = [
    await repeat('encode a batch', 2_000, size, () => {
      const builder = new RecordBatchBuilder(size)
      for (const value of values) builder.append(1_000, 'a key of a record', value, NO_HEADERS)
      builder.finish()
    }),
    await repeat('check and decode a batch', 2_000, size, () => {
      const header = verifyBatch(batch)
      for (const { value } of readRecords(batch, 0, header, MAX_BYTES)) if (value === null) throw new Error('no value')
    }),
    await repeat('read the header of a batch', 20_000, size, () => void readBatchHeader(batch)),
    await repeat('CRC-32C by tables', 1_000, size, () => void tableCrc32c(batch)),
    ...(nativeCrc32c === null ? [] : [await repeat('CRC-32C native', 5_000, size, () => void crc32c(batch))]),
  ]
  for (const codec of COMPRESSIONS) {
    if (codec === 'none') continue
    const packed = compress(codec, batch)
    const ratio = (size / packed.length).toFixed(1)
    results.push(await repeat(`${codec} compress (${ratio} : 1)`, 40, size, () => void compress(codec, batch)))
    results.push(await repeat(`${codec} decompress`, 200, size, () => void decompress(codec, packed, MAX_BYTES)))
  }
  return results
}

process.stdout.write(`${JSON.stringify(await run())}\n`)
