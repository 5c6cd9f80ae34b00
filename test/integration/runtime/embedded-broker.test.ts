import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Admin } from '../../../broker/client/admin.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { EmbeddedBroker, type EmbeddedBrokerOptions } from '../../../pipelines/runtime/embedded-broker.ts'
import { KeptLog } from '../../support/kept-log.ts'

let folder = ''
const brokers: EmbeddedBroker[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoplog-data-'))
})
afterEach(async () => {
  for (const broker of brokers.splice(0)) await broker.close()
  await rm(folder, { recursive: true, force: true })
})

async function start(options: Partial<EmbeddedBrokerOptions> = {}): Promise<EmbeddedBroker> {
  const broker = await EmbeddedBroker.start({
    folder,
    host: '127.0.0.1',
    port: 0,
    durability: 'commit',
    offsetsRetentionMs: null,
    initialRebalanceDelayMs: 0,
    logger: new KeptLog(),
    onFatal: () => undefined,
    ...options,
  })
  brokers.push(broker)
  return broker
}

async function topicNames(address: string): Promise<readonly string[]> {
  const cluster = new Cluster({ bootstrapServers: [address], clientId: 'test', clock: systemClock })
  try {
    const admin = new Admin(cluster)
    await admin.ensureTopics([{ name: 't', partitions: 1, replicationFactor: 1, configs: {} }])
    return (await admin.topics()).map(({ name }) => name)
  } finally {
    await cluster.close()
  }
}

test('serves from a thread, says in the lock file where, and leaves no lock behind', async () => {
  const broker = await start()
  expect(await topicNames(broker.address)).toEqual(['t'])
  const lock = JSON.parse(await readFile(join(folder, 'lock'), 'utf8')) as { address: string; pid: number }
  expect(lock).toMatchObject({ address: broker.address, pid: process.pid })
  await broker.close()
  await expect(readFile(join(folder, 'lock'))).rejects.toThrow('ENOENT')
  expect(await topicNames((await start()).address)).toEqual(['t'])
})

test('a data directory has one owner', async () => {
  const broker = await start()
  await expect(start()).rejects.toMatchObject({
    code: 'E_DATA_DIR_IN_USE',
    message: expect.stringContaining(`process ${process.pid} on ${hostname()}, broker at ${broker.address}`) as string,
  })
})

test('the lock of a process that is gone is taken over, that of another machine is not', async () => {
  const gone = { host: hostname(), bootId: '', pid: 1, startedAt: 'long ago', address: null }
  const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...gone, bootId: bootId.trim() }))
  await (await start()).close()
  await writeFile(join(folder, 'lock'), JSON.stringify({ ...gone, host: 'elsewhere' }))
  await expect(start()).rejects.toMatchObject({
    code: 'E_DATA_DIR_IN_USE',
    fix: expect.stringContaining('delete') as string,
  })
})

test('a port that is taken is said so, and the directory is free again', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await expect(start({ port })).rejects.toMatchObject({ code: 'E_PORT_IN_USE' })
  await start()
  await new Promise((resolve) => server.close(resolve))
})

test('data of another version is refused', async () => {
  await writeFile(join(folder, 'format'), 'stoplog 99\n')
  await expect(start()).rejects.toMatchObject({ code: 'E_DATA_FORMAT' })
})

test('a directory that cannot be made is said so', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(start({ folder: join(folder, 'file', 'data') })).rejects.toMatchObject({ code: 'E_DATA_DIR' })
})

test('a disk that fails is told, and the broker still ends and frees its directory', async () => {
  const told: string[] = []
  const broker = await start({ onFatal: ({ code }) => told.push(code) })
  await topicNames(broker.address)
  // The next journal file cannot be begun.
  await rm(join(folder, 'journal'), { recursive: true })
  await broker.close()
  expect(told).toContain('E_DISK')
  await expect(readFile(join(folder, 'lock'))).rejects.toThrow('ENOENT')
})

test('a broker whose thread is gone already can be closed, and frees its directory', async () => {
  const threads: Worker[] = []
  const note = (thread: Worker): number => threads.push(thread)
  process.on('worker', note)
  const told: string[] = []
  const broker = await start({ onFatal: ({ code }) => told.push(code) })
  process.off('worker', note)
  expect(threads).toHaveLength(1)
  await threads[0]?.terminate()
  expect(told).toEqual(['E_BUG'])
  await broker.close()
  await expect(readFile(join(folder, 'lock'))).rejects.toThrow('ENOENT')
  await start()
})
