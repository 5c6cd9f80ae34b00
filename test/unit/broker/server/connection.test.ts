import { afterEach, describe, expect, test } from 'vitest'
import { BROKER_LIMITS } from '../../../../broker/limits.ts'
import { FrameMemory } from '../../../../broker/protocol/frame-memory.ts'
import { Listener, type ListenerOptions } from '../../../../broker/server/listener.ts'
import { KeptLog } from '../../../support/kept-log.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'
import { RawConnection, type RawConnectionOptions, withSize } from '../../../support/raw-connection.ts'
import { SteeredDispatcher } from '../../../support/steered-dispatcher.ts'

const MIB = 1_048_576

const cleanUps: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

class Served {
  readonly dispatcher = new SteeredDispatcher()
  readonly logger = new KeptLog()
  readonly clock = new ManualClock()
  readonly listener: Listener
  isBehind = false
  port = 0

  constructor(options: Partial<ListenerOptions>) {
    this.listener = new Listener({
      host: '127.0.0.1',
      port: 0,
      clock: this.clock,
      logger: this.logger,
      memory: new FrameMemory(),
      maxConnections: 100,
      maxRequestBytes: 1_000,
      maxQueuedRequestBytes: 1_000_000,
      maxHeldBytes: 1_000_000,
      isBehind: () => this.isBehind,
      ...options,
    })
  }

  async connect(options: RawConnectionOptions = {}): Promise<RawConnection> {
    const connection = await RawConnection.open(this.port, options)
    cleanUps.push(() => connection.destroy())
    return connection
  }

  get reasons(): readonly string[] {
    return this.logger.lines.map(({ fields }) => String(fields['reason']))
  }
}

async function serve(options: Partial<ListenerOptions> = {}): Promise<Served> {
  const served = new Served(options)
  served.port = await served.listener.bind()
  served.listener.serve(served.dispatcher)
  cleanUps.push(() => served.listener.close())
  return served
}

/** Long enough for what the other side has been sent to have been looked at. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50))
}

function send(connection: RawConnection, ...texts: readonly string[]): void {
  connection.socket.write(Buffer.concat(texts.map((text) => withSize(Buffer.from(text)))))
}

describe('answers', () => {
  test('come in the order of the requests, whichever is ready first', async () => {
    const served = await serve()
    const connection = await served.connect()
    send(connection, 'a', 'b', 'c', 'd')
    await served.dispatcher.received(4)
    const [a, b, c, d] = served.dispatcher.requests
    c?.answer(Buffer.from([0, 0, 0, 1, 67]))
    b?.answer(null)
    d?.answer(Buffer.from([0, 0, 0, 1, 68]))
    await settle()
    expect(connection.frames).toEqual([])
    a?.answer(Buffer.from([0, 0, 0, 1, 65]))
    await connection.received(3)
    expect(connection.frames.map(String)).toEqual(['A', 'C', 'D'])
  })

  test('wait behind a parked request, and what follows it is not handled before', async () => {
    const served = await serve()
    const connection = await served.connect()
    send(connection, 'a', 'P', 'b')
    await served.dispatcher.received(2)
    await settle()
    expect(served.dispatcher.texts).toEqual(['a', 'P'])
    served.dispatcher.requests[1]?.answer(null)
    await served.dispatcher.received(3)
    expect(served.dispatcher.texts).toEqual(['a', 'P', 'b'])
  })

  test('are lost with their connection, and nobody minds', async () => {
    const served = await serve()
    const connection = await served.connect()
    send(connection, 'a', 'P')
    await served.dispatcher.received(2)
    const [a, parked] = served.dispatcher.requests
    connection.destroy()
    await new Promise((resolve) => a?.connected.signal.addEventListener('abort', resolve))
    a?.answer(withSize(Buffer.from('late')))
    parked?.answer(withSize(Buffer.from('late')))
    await settle()
    expect(served.logger.lines).toEqual([])
  })

  test('are not sent to a client that has closed its side', async () => {
    const served = await serve()
    const connection = await served.connect()
    send(connection, 'a')
    connection.socket.end()
    await served.dispatcher.received(1)
    await connection.closed()
    served.dispatcher.requests[0]?.answer(withSize(Buffer.from('late')))
    await settle()
    expect([connection.frames, served.logger.lines]).toEqual([[], []])
  })
})

describe('what is no frame', () => {
  test.for([
    ['a negative size', Buffer.from('80000000', 'hex'), /^frame-too-large: a frame of -2147483648 bytes/],
    ['a size beyond the limit', Buffer.from('000003e9', 'hex'), /^frame-too-large: a frame of 1001 bytes/],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n'), /^frame-too-large: a frame of 1195725856 bytes/],
    ['TLS', Buffer.from('1603010200010001fc0303', 'hex'), /^frame-too-large: a frame of 369295618 bytes/],
  ] as const)('%s closes the connection, and the log says why', async ([, bytes, reason]) => {
    const served = await serve()
    const connection = await served.connect()
    connection.socket.write(bytes)
    await connection.closed()
    expect(served.reasons).toEqual([expect.stringMatching(reason)])
    expect(served.listener.held.bytes).toBe(0)
    send(await served.connect(), 'next')
    await served.dispatcher.received(1)
  })

  test('a frame is a frame however its bytes come', async () => {
    const served = await serve()
    const connection = await served.connect()
    for (const byte of Buffer.concat([withSize(Buffer.from('slow')), withSize(Buffer.from('er'))])) {
      connection.socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await served.dispatcher.received(2)
    expect(served.dispatcher.texts).toEqual(['slow', 'er'])
  })

  test('many unfinished frames do not take more memory than the limit: who holds most has to go', async () => {
    const served = await serve({ maxRequestBytes: 100 * MIB, maxHeldBytes: 4 * MIB })
    const announced = Buffer.from('06400000', 'hex')
    const greedy = await served.connect()
    greedy.socket.write(Buffer.concat([announced, Buffer.alloc(2 * MIB)]))
    const modest: RawConnection[] = []
    for (let i = 0; i < 5; i += 1) {
      const connection = await served.connect()
      connection.socket.write(Buffer.concat([announced, Buffer.alloc(MIB / 2)]))
      modest.push(connection)
    }
    await greedy.closed()
    expect(served.reasons).toEqual([expect.stringMatching(/^held-too-much: \d+ of the 4194304 bytes/)])
    await settle()
    expect(modest.some(({ isClosed }) => isClosed)).toBe(false)
    expect(served.listener.held.bytes).toBeLessThanOrEqual(4 * MIB)
    for (const connection of modest) connection.destroy()
    await settle()
    expect(served.listener.held.bytes).toBe(0)
  })
})

describe('limits', () => {
  test('beyond the connections that may be, new ones are closed until an old one goes', async () => {
    const served = await serve({ maxConnections: 3 })
    const connections = await Promise.all([served.connect(), served.connect(), served.connect()])
    const refused = await served.connect()
    await refused.closed()
    expect(served.reasons).toEqual(['max connections'])
    connections[0]?.destroy()
    await settle()
    send(await served.connect(), 'in')
    await served.dispatcher.received(1)
  })

  test('a connection that says nothing is closed after a while, one that waits for its answer is not', async () => {
    const served = await serve()
    const idle = await served.connect()
    const waiting = await served.connect()
    send(waiting, 'a')
    await served.dispatcher.received(1)
    await served.clock.pass(BROKER_LIMITS.connectionIdleMs.default + 1_000)
    await idle.closed()
    expect(waiting.isClosed).toBe(false)
  })

  test('a connection has so many requests in flight, and the rest is handled as answers go out', async () => {
    const served = await serve()
    const connection = await served.connect()
    const limit = BROKER_LIMITS.maxInFlightPerConnection.default
    send(connection, ...Array.from({ length: limit + 10 }, (_, i) => `${i}`))
    await served.dispatcher.received(limit)
    await settle()
    expect(served.dispatcher.requests.length).toBe(limit)
    served.dispatcher.requests[0]?.answer(withSize(Buffer.from('x')))
    await served.dispatcher.received(limit + 1)
    await settle()
    expect(served.dispatcher.requests.length).toBe(limit + 1)
  })

  test('a client that takes no answers is asked for no more requests', async () => {
    const served = await serve({ maxHeldBytes: 100 * MIB })
    const connection = await served.connect({ reads: false })
    const answer = withSize(Buffer.alloc(MIB))
    const requests = 200
    send(connection, ...Array.from({ length: requests }, (_, i) => `${i}`))
    let answered = 0
    for (let quiet = 0; quiet < 3;) {
      const waiting = served.dispatcher.requests.slice(answered)
      answered += waiting.length
      quiet = waiting.length === 0 ? quiet + 1 : 0
      for (const request of waiting) request.answer(answer)
      await settle()
    }
    const limit = BROKER_LIMITS.maxUnsentBytes.default + BROKER_LIMITS.maxInFlightPerConnection.default * MIB
    expect(served.listener.held.bytes).toBeGreaterThan(BROKER_LIMITS.maxUnsentBytes.default)
    expect(served.listener.held.bytes).toBeLessThan(limit)
    expect(answered).toBeLessThan(requests)
    const other = await served.connect()
    send(other, 'other')
    await served.dispatcher.received(answered + 1)
    expect(served.dispatcher.texts.at(-1)).toBe('other')
  })

  test('answers that nobody takes are bounded over all connections', async () => {
    const served = await serve({ maxHeldBytes: 20 * MIB })
    const clients = await Promise.all(Array.from({ length: 8 }, () => served.connect({ reads: false })))
    for (const client of clients) send(client, 'a')
    await served.dispatcher.received(clients.length)
    // More than the system takes from us for a client that reads nothing.
    for (const request of served.dispatcher.requests) request.answer(withSize(Buffer.alloc(12 * MIB)))
    await settle()
    expect(served.listener.held.bytes).toBeLessThanOrEqual(20 * MIB)
    expect(served.reasons.length).toBeGreaterThanOrEqual(4)
    expect(served.reasons.every((reason) => reason.startsWith('held-too-much'))).toBe(true)
  })

  test('while too much waits for the disk nobody is read, parked requests apart; then all go on', async () => {
    const served = await serve({ maxQueuedRequestBytes: 1_500, maxRequestBytes: 1_000 })
    const parked = await served.connect()
    send(parked, `P${'x'.repeat(900)}`)
    await served.dispatcher.received(1)
    const first = await served.connect()
    send(first, 'a'.repeat(900))
    await served.dispatcher.received(2)
    const second = await served.connect()
    send(second, 'b'.repeat(900), 'c')
    await served.dispatcher.received(3)
    send(first, 'd')
    await settle()
    expect(served.dispatcher.requests.length).toBe(3)
    served.dispatcher.requests[1]?.answer(null)
    served.dispatcher.requests[2]?.answer(null)
    await served.dispatcher.received(5)
    expect(served.dispatcher.texts.slice(3).sort()).toEqual(['c', 'd'])
  })

  test('while the disk is behind nobody is read', async () => {
    const served = await serve()
    served.isBehind = true
    const connection = await served.connect()
    send(connection, 'a')
    await settle()
    expect(served.dispatcher.requests).toEqual([])
    served.isBehind = false
    await served.clock.pass(1_000)
    await served.dispatcher.received(1)
  })
})

test('the end of a connection is noticed while its one request is parked', async () => {
  const served = await serve()
  const connection = await served.connect()
  send(connection, 'P')
  await served.dispatcher.received(1)
  const { signal } = served.dispatcher.requests[0]?.connected ?? {}
  connection.destroy()
  await new Promise((resolve) => signal?.addEventListener('abort', resolve))
})
