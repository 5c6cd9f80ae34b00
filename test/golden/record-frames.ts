import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { apiByKey } from '../../broker/protocol/apis.ts'
import { KAFKA_VERSION, type RealKafka, run, startRealKafka } from '../support/real-kafka.ts'
import { type RecordedFrame, startRecordingProxy } from '../support/recording-proxy.ts'
import { carriedBatches } from '../support/wire-frame.ts'
import { javaSession } from './recording/java-session.ts'
import { kafkajsSession } from './recording/kafkajs-session.ts'
import { kcatSession } from './recording/kcat-session.ts'
import { platformaticSession } from './recording/platformatic-session.ts'

/**
 * Records what real clients and a real Kafka say to each other, into `frames/<client>.json`. Run by hand, with a folder
 * outside of the repository for what has to be downloaded, and the clients to be recorded (all when none is named):
 *
 *   npx -y node@24 test/golden/record-frames.ts recording/ [kcat] [kafkajs] …
 *
 * Needs Java 17, Maven, Python 3 and kcat. For each API, version and direction the largest frame of at most
 * `MAX_FRAME_BYTES` is kept, and for frames with records one for each codec.
 */
const PORTS = { port: 19_192, controllerPort: 19_193, advertisedPort: 19_194 }
const BOOTSTRAP = `127.0.0.1:${PORTS.advertisedPort}`
const MAX_FRAME_BYTES = 8_192
const KAFKA_PYTHON = '3.0.12'

interface Client {
  readonly version: string
  session(kafka: RealKafka, folder: string): Promise<void>
}

const CLIENTS: Readonly<Record<string, Client>> = {
  kcat: { version: '1.7.1, librdkafka 2.0.2', session: () => kcatSession(BOOTSTRAP) },
  kafkajs: { version: '2.2.4', session: () => kafkajsSession(BOOTSTRAP) },
  platformatic: { version: '1.35.0', session: () => platformaticSession(BOOTSTRAP) },
  'kafka-python': { version: KAFKA_PYTHON, session: (_kafka, folder) => kafkaPythonSession(folder) },
  java: { version: KAFKA_VERSION, session: ({ classPath }) => javaSession(BOOTSTRAP, classPath) },
}

async function kafkaPythonSession(folder: string): Promise<void> {
  const python = join(folder, 'venv', 'bin', 'python')
  if (!existsSync(python)) {
    await run('python3', ['-m', 'venv', join(folder, 'venv')])
    const packages = [`kafka-python==${KAFKA_PYTHON}`, 'python-snappy', 'lz4', 'zstandard', 'crc32c']
    await run(python, ['-m', 'pip', 'install', '--quiet', ...packages])
  }
  await run(python, [join(import.meta.dirname, 'recording', 'kafka-python-session.py'), BOOTSTRAP])
}

/** The frames worth keeping, in the order of their APIs. */
function choose(frames: readonly RecordedFrame[]): readonly RecordedFrame[] {
  const chosen = new Map<string, RecordedFrame>()
  for (const frame of frames) {
    const api = apiByKey(frame.apiKey)
    const isSpoken = api !== undefined && frame.apiVersion >= api.minVersion && frame.apiVersion <= api.maxVersion
    if (!isSpoken || frame.bytes.length > MAX_FRAME_BYTES) continue
    const codecs = new Set(carriedBatches(frame).map(({ header }) => header.compression))
    const key = [frame.apiKey, frame.apiVersion, frame.direction, ...codecs].join(' ')
    if (frame.bytes.length > (chosen.get(key)?.bytes.length ?? -1)) chosen.set(key, frame)
  }
  return [...chosen.values()].sort((a, b) => a.apiKey - b.apiKey || a.apiVersion - b.apiVersion)
}

function write(name: string, version: string, frames: readonly RecordedFrame[]): void {
  const origin = { client: name, clientVersion: version, broker: `Apache Kafka ${KAFKA_VERSION}`, date: today() }
  const lines = choose(frames).map(({ direction, apiKey, apiVersion, bytes }) =>
    JSON.stringify({ api: apiByKey(apiKey)?.name, version: apiVersion, direction, hex: bytes.toString('hex') }),
  )
  const folder = join(import.meta.dirname, 'frames')
  mkdirSync(folder, { recursive: true })
  const text = `{ "origin": ${JSON.stringify(origin)}, "frames": [\n${lines.join(',\n')}\n] }\n`
  writeFileSync(join(folder, `${name}.json`), text)
  process.stdout.write(`${name}: ${lines.length} of ${frames.length} frames\n`)
}

function today(): string {
  return new Date().toISOString().slice(0, 10)
}

const [folder, ...names] = process.argv.slice(2)
if (folder === undefined) throw new Error('name a folder for the downloads')
for (const name of names.length === 0 ? Object.keys(CLIENTS) : names) {
  const client = CLIENTS[name]
  if (client === undefined) throw new Error(`no client ${name}`)
  // A broker of its own for each client, so that none sees the topics of another.
  const kafka = await startRealKafka(resolve(folder, 'kafka'), PORTS)
  const proxy = await startRecordingProxy(PORTS.advertisedPort, PORTS.port)
  try {
    await client.session(kafka, resolve(folder))
    write(name, client.version, proxy.frames)
  } finally {
    await proxy.close()
    await kafka.stop()
  }
}
