import { compressionsAlgorithms } from '@platformatic/kafka'
import type { Compression } from '../../../broker/protocol/record-batch.ts'
import { createProgramClient, typescriptProgram } from './program-client.ts'

/** @platformatic/kafka. */
export const PLATFORMATIC = createProgramClient({ name: '@platformatic/kafka', lacks, cannotRead }, async () => {
  return { command: process.execPath, args: typescriptProgram('platformatic') }
})

function lacks(codec: Compression): string | null {
  return compressionsAlgorithms[codec].available ? null : `it has no ${codec} on Node ${process.version}`
}

function cannotRead(producer: string, codec: Compression): string | null {
  if (producer !== 'kafka-python' || codec !== 'snappy') return null
  return 'it does not know the framing of snappy that Java clients and kafka-python write'
}
