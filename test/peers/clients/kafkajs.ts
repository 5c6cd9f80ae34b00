import { join } from 'node:path'
import { cached, installing } from '../servers/peer-cache.ts'
import { runProgram } from '../servers/program.ts'
import { createProgramClient, typescriptProgram } from './program-client.ts'

/** kafkajs, with its usual package for snappy and two more codecs plugged in. */
export const KAFKAJS = createProgramClient({ name: 'kafkajs' }, async () => {
  const folder = await cached('kafkajs-snappy-1.1.0', (filling) =>
    installing('kafkajs-snappy', async () => {
      await runProgram('npm', ['install', '--no-save', '--prefix', filling, 'kafkajs-snappy@1.1.0'])
    }),
  )
  return {
    command: process.execPath,
    args: typescriptProgram('kafkajs'),
    env: { KAFKAJS_SNAPPY: join(folder, 'node_modules/kafkajs-snappy/src/index.js') },
  }
})
