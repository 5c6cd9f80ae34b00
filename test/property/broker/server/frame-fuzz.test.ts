import { afterAll, beforeAll, expect, test } from 'vitest'
import { Fetcher } from '../../../../broker/client/fetcher.ts'
import { Producer } from '../../../../broker/client/producer.ts'
import { apiVersions } from '../../../../broker/protocol/messages/api-versions.ts'
import { systemClock } from '../../../../broker/system-clock.ts'
import { NO_HEADERS } from '../../../../broker/protocol/record-batch-builder.ts'
import { Admin } from '../../../../broker/client/admin.ts'
import { BROKER_LIMITS } from '../../../../broker/limits.ts'
import { takenBytes } from '../../../support/memory.ts'
import { HostileFrames, isMalformed } from '../../../support/hostile-frames.ts'
import { Random } from '../../../support/random.ts'
import { RawConnection, withSize } from '../../../support/raw-connection.ts'
import { readAnswer, requestFrame } from '../../../support/request-frame.ts'
import { RunningBroker } from '../../../support/running-broker.ts'

/** `npm run test:fuzz` sends 100,000; a seed repeats what has gone wrong. */
const FRAMES = Number(process.env['STOPLOG_FUZZ_FRAMES'] ?? 10_000)
const SEED = Number(process.env['STOPLOG_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const FRAMES_PER_BURST = 400
const CONNECTIONS_PER_BURST = 40
const PATIENCE_MS = 1_000
/** Some frames wait for other members of a group, for half a minute, before the next of their connection is read. */
const PATIENCE_MS_PER_FRAME = 60
/** Of a topic whose name no frame holds. */
const WITNESS = 'witness-1f0c6a'
/** Names that the recorded frames hold too. */
const TOPICS = ['kcat-topic', 'java-topic', 'kafkajs-topic', 'kafka-python-topic', 'platformatic-topic']
const GROUPS = ['kcat-group', 'java-group', 'consumer', 'range', 'retention.ms', '1000']
const SOFTWARE = { clientSoftwareName: 'raw', clientSoftwareVersion: '1' }

const failures: unknown[] = []
const note = (failure: unknown): void => void failures.push(failure)
let broker: RunningBroker

beforeAll(async () => {
  for (const event of ['unhandledRejection', 'uncaughtException', 'warning']) process.on(event, note)
  broker = await RunningBroker.start({ defaultPartitions: 1 })
})

afterAll(async () => {
  for (const event of ['unhandledRejection', 'uncaughtException', 'warning']) process.off(event, note)
  await broker.stop()
})

async function servedApis(): Promise<ReadonlySet<number>> {
  const connection = await RawConnection.open(broker.broker.port)
  const answer = await connection.ask(requestFrame(apiVersions, 3, SOFTWARE))
  connection.destroy()
  if (answer === null) throw new Error('the broker does not answer')
  return new Set(readAnswer(apiVersions, 3, answer).response.apiKeys.map(({ apiKey }) => apiKey))
}

/** What one connection sends: frames that can be read, then one that cannot, or the beginning of one. */
interface Stream {
  readonly readable: readonly Buffer[]
  readonly last: Buffer
  readonly isMalformed: boolean
}

function* streams(random: Random, frames: HostileFrames, served: ReadonlySet<number>): Iterable<Stream> {
  let readable: Buffer[] = []
  for (let i = 0; i < FRAMES_PER_BURST; i += 1) {
    const frame = frames.next()
    if (!isMalformed(frame, served)) {
      readable.push(withSize(frame))
      continue
    }
    yield { readable, last: withSize(frame), isMalformed: true }
    readable = []
  }
  const cut = withSize(frames.next())
  yield { readable, last: cut.subarray(0, random.below(cut.length)), isMalformed: false }
}

/** Sends a stream and waits for the end of the connection, which the broker has to make where a frame is malformed. */
async function send(random: Random, { readable, last, isMalformed: mustEnd }: Stream): Promise<void> {
  const connection = await RawConnection.open(broker.broker.port)
  if (random.chance(0.5)) {
    // Time enough for most to be answered, so that what goes wrong in a handler is seen.
    await sendInPieces(random, connection, Buffer.concat(readable))
    const answered = new AbortController()
    await Promise.race([
      connection.received(readable.length),
      systemClock.sleep(40, answered.signal).catch(() => undefined),
    ])
    answered.abort()
    await sendInPieces(random, connection, last)
  } else await sendInPieces(random, connection, Buffer.concat([...readable, last]))
  if (!mustEnd) {
    if (random.chance(0.5)) connection.socket.end()
    else connection.destroy()
  }
  const closed = connection.closed()
  // A frame is looked at when those before it are answered, and some of them wait for other clients, for minutes.
  while (!(await isSettled(closed, PATIENCE_MS))) if (connection.frames.length < readable.length) connection.destroy()
}

async function isSettled(promise: Promise<void>, withinMs: number): Promise<boolean> {
  const settled = new AbortController()
  const late = systemClock.sleep(withinMs, settled.signal).then(
    () => false,
    () => true,
  )
  return Promise.race([promise.then(() => true), late]).finally(() => settled.abort())
}

async function sendInPieces(random: Random, connection: RawConnection, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && !connection.isClosed;) {
    const size = random.chance(0.3) ? bytes.length : 1 + random.below(random.pick([3, 50, 2_000]))
    connection.socket.write(bytes.subarray(at, at + size))
    at += size
    if (random.chance(0.5)) await new Promise((resolve) => setImmediate(resolve))
  }
}

test(
  `Invariant 9: ${FRAMES} hostile frames (seed ${SEED}) cost nobody but their senders`,
  { timeout: FRAMES * PATIENCE_MS_PER_FRAME },
  async () => {
    const random = new Random(SEED)
    const served = await servedApis()
    const cluster = broker.cluster()
    const specs = [WITNESS, ...TOPICS].map((name) => ({ name, partitions: 3, replicationFactor: 1, configs: {} }))
    await new Admin(cluster).ensureTopics(specs)
    const { topics } = await cluster.refresh(TOPICS)
    const topicIds = topics.map(({ topicId }) => topicId)
    const frames = new HostileFrames(random, { served, names: [...TOPICS, ...GROUPS], topicIds })
    const producer = new Producer(cluster)
    let expected = 0
    let malformed = 0
    const takenBefore = takenBytes()
    let takenMost = 0
    for (let sent = 0; sent < FRAMES; sent += FRAMES_PER_BURST) {
      const waiting = [...streams(random, frames, served)]
      malformed += waiting.length - 1
      const lanes = Array.from({ length: CONNECTIONS_PER_BURST }, async () => {
        for (let stream = waiting.shift(); stream !== undefined; stream = waiting.shift()) await send(random, stream)
      })
      await Promise.all(lanes)
      takenMost = Math.max(takenMost, takenBytes())
      await producer.append(WITNESS, 0, { timestamp: sent, key: null, value: `${sent}`, headers: NO_HEADERS })
      expected += 1
    }
    const fetcher = new Fetcher(cluster, { purpose: 'witness' })
    fetcher.assign(WITNESS, 0, 0)
    let read = 0
    while (read < expected) {
      for (const { records } of await fetcher.poll(AbortSignal.timeout(10_000))) read += records.length
    }
    fetcher.close()
    producer.close()
    expect(read).toBe(expected)
    // Frames that none can read were among them, and the others were handled.
    expect(malformed).toBeGreaterThan(FRAMES / 10)
    expect(takenMost - takenBefore).toBeLessThan(BROKER_LIMITS.maxHeldBytes.default)
    expect(broker.logger.lines.filter(({ level }) => level === 'error').slice(0, 5)).toEqual([])
    expect(failures).toEqual([])
  },
)
