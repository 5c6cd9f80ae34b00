import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DeliveryPipeline, INDEX, SECRET } from './delivery/delivery-pipeline.ts'
import { DeliverySender } from './delivery/delivery-sender.ts'
import { findDocuments } from './delivery/find-documents.ts'
import { ask, count, source } from './search-queries.ts'
import {
  ELASTICSEARCH,
  installSearchServer,
  OPENSEARCH,
  startSearchServer,
  type SearchProduct,
  type SearchServer,
} from './servers/elasticsearch.ts'
import { whyMissing } from './servers/peer-missing.ts'

/** A bulk request that is larger than this is refused as a whole. */
const NARROW_MEMORY = { settings: { 'indexing_pressure.memory.limit': '64kb' } }

/** One bulk request becomes one task for each shard that it touches, and so many of them find no place. */
const NARROW_QUEUE = { settings: { 'thread_pool.write.size': '1', 'thread_pool.write.queue_size': '1' } }
const SHARDS = 20

const MAPPING = { dynamic: false, properties: { delivery: { type: 'keyword' } } }
/** Exit code of a process that was asked to end. */
const STOPPED = 143

const ONE_BURST = 300
const MAX_LINE = 400
const SLOW_POLL_MS = 100
const TIMEOUT_MS = 1_500_000

for (const product of [ELASTICSEARCH, OPENSEARCH]) {
  const missing = await whyMissing(() => installSearchServer(product))
  const reason = missing === null ? '' : ` (not here: ${missing})`
  describe.skipIf(missing !== null)(`http to ${product.name} ${product.version}${reason}`, () => {
    deliversEachOnce(product)
  })
}

function deliversEachOnce(product: SearchProduct): void {
  const started: { server?: SearchServer; pipeline?: DeliveryPipeline } = {}
  beforeAll(async () => {
    started.server = await startSearchServer(product)
  })
  afterAll(async () => {
    await started.pipeline?.remove()
    await started.server?.stop()
  })

  test(
    'each delivery is one document, whatever is killed, and another sink goes on',
    { timeout: TIMEOUT_MS },
    async () => {
      const { server } = started
      if (server === undefined) throw new Error('not started')
      await ask(server, 'PUT', INDEX, { mappings: MAPPING, settings: { number_of_shards: SHARDS } })
      const pipeline = await DeliveryPipeline.start(server.url)
      started.pipeline = pipeline
      const sender = new DeliverySender(pipeline.url, SECRET)
      const run = new Disturbances(server, pipeline, sender)

      await run.killServerInTheMiddle()
      await run.fileGoesOnWithoutServer()
      say(`429 for a whole request: ${await run.refusesWholeRequests()}`)
      say(`429 for single documents: ${await run.refusesSingleDocuments()}`)
      await run.killBothInTheMiddle()
      await run.untilAllArrived()

      expect(await pipeline.stop()).toBe(STOPPED)
      await expectOnce(server, sender)
      const lines = await expectEachInFile(pipeline, sender)
      const answers = [...sender.answers].map(([status, times]) => `${times} × ${status}`).join(', ')
      say(
        `${sender.bodies.size} deliveries, each in one document; ${lines} lines in the file; ` +
          `${run.serverKills} kills of the server, ${pipeline.kills} of the pipeline; answers: ${answers}`,
      )
    },
  )
}

/** What is done to the three while deliveries are under way. */
class Disturbances {
  readonly #server: SearchServer
  readonly #pipeline: DeliveryPipeline
  readonly #sender: DeliverySender
  serverKills = 0

  constructor(server: SearchServer, pipeline: DeliveryPipeline, sender: DeliverySender) {
    this.#server = server
    this.#pipeline = pipeline
    this.#sender = sender
  }

  async killServerInTheMiddle(): Promise<void> {
    const half = this.#sender.acknowledged + ONE_BURST / 2
    const sending = this.#sender.send(ONE_BURST)
    await this.#pipeline.killAt(this.#sender, half)
    await this.#searchable(half)
    await this.#killServer()
    await sending
  }

  /** None of these deliveries can be in the server, and all of them come into the file. */
  async fileGoesOnWithoutServer(): Promise<void> {
    await this.#sendAndKill()
    await this.#inFile(this.#sender.acknowledged)
    await this.#pipeline.hasPrinted(/E_UNREACHABLE/)
    say(`without the server, all ${this.#sender.acknowledged} deliveries so far are in the file`)
  }

  /** What has gathered meanwhile is more than the server takes at a time. */
  async refusesWholeRequests(): Promise<string> {
    await this.#pipeline.kill()
    await this.#server.restart(NARROW_MEMORY)
    this.#pipeline.restart()
    const said = await this.#pipeline.hasPrinted(/.*E_OVERLOADED.*HTTP 429.*/)
    await this.#sendAndKill()
    return said
  }

  async refusesSingleDocuments(): Promise<string> {
    await this.#killServer()
    await this.#sendAndKill()
    await this.#pipeline.kill()
    await this.#server.restart(NARROW_QUEUE)
    this.#pipeline.restart()
    const said = await this.#pipeline.hasPrinted(/.*E_OVERLOADED.*deliveries: \w*rejected_execution_exception.*/)
    await this.#sendAndKill()
    return said
  }

  async killBothInTheMiddle(): Promise<void> {
    const sending = this.#sender.send(ONE_BURST)
    await this.#pipeline.killAt(this.#sender, this.#sender.bodies.size - ONE_BURST / 2)
    await this.#killServer()
    await this.#pipeline.killAndRestart()
    await sending
    await this.#server.restart({})
    await this.#sendAndKill()
  }

  /** Deliveries, in the middle of which the pipeline is killed. */
  async #sendAndKill(): Promise<void> {
    const sending = this.#sender.send(ONE_BURST)
    await this.#pipeline.killAt(this.#sender, this.#sender.bodies.size - ONE_BURST / 2)
    await sending
  }

  async untilAllArrived(): Promise<void> {
    await this.#searchable(this.#sender.bodies.size)
    await this.#inFile(this.#sender.bodies.size)
  }

  async #searchable(documents: number): Promise<void> {
    await this.#pipeline.reaches(async () => Number(await count(this.#server, INDEX)) >= documents, SLOW_POLL_MS)
  }

  async #inFile(deliveries: number): Promise<void> {
    await this.#pipeline.reaches(async () => new Set(await this.#pipeline.lines()).size >= deliveries, SLOW_POLL_MS)
  }

  async #killServer(): Promise<void> {
    await this.#server.kill()
    this.serverKills += 1
  }
}

/** No delivery is missing, none is there twice, and each is what was sent, byte for byte. */
async function expectOnce(server: SearchServer, sender: DeliverySender): Promise<void> {
  const documents = await findDocuments(server, INDEX)
  expect(documents.map(({ delivery }) => delivery).sort()).toEqual([...sender.bodies.keys()].sort())
  for (const { id, delivery } of documents) {
    expect(await source(server, INDEX, id)).toBe(sender.bodies.get(delivery))
  }
}

/** Each delivery stands in the file, as it was sent; gives the number of lines, repeated ones included. */
async function expectEachInFile(pipeline: DeliveryPipeline, sender: DeliverySender): Promise<number> {
  const lines = await pipeline.lines()
  expect([...new Set(lines)].sort()).toEqual([...sender.bodies.values()].sort())
  return lines.length
}

/** For whoever runs the tests: what was met on the way. */
function say(text: string): void {
  process.stdout.write(`${text.slice(0, MAX_LINE)}\n`)
}
