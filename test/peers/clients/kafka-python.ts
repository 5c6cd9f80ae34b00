import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cached, installing } from '../servers/peer-cache.ts'
import { runProgram } from '../servers/program.ts'
import { createProgramClient } from './program-client.ts'

const PACKAGES = [
  'kafka-python==3.0.12',
  'python-snappy==0.7.3',
  'lz4==4.4.5',
  'zstandard==0.25.0',
  'crc32c==2.9.post0',
]

const PROGRAM = fileURLToPath(new URL('programs/kafka_python.py', import.meta.url))

/** kafka-python, in an environment of its own. */
export const KAFKA_PYTHON = createProgramClient({ name: 'kafka-python' }, async () => {
  const folder = await cached('kafka-python-3.0.12', (filling) =>
    installing('kafka-python', async () => {
      await runProgram('python3', ['-m', 'venv', filling])
      await runProgram(join(filling, 'bin/python'), ['-m', 'pip', 'install', '--quiet', ...PACKAGES])
    }),
  )
  return { command: join(folder, 'bin/python'), args: [PROGRAM] }
})
