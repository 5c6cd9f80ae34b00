import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Admin } from '../../../broker/client/admin.ts'
import { Cluster } from '../../../broker/client/cluster.ts'
import { systemClock } from '../../../broker/system-clock.ts'
import { freePort } from './free-port.ts'
import { kafkaLibraries } from './kafka-libraries.ts'
import { findJava, runProgram } from './program.ts'

const VERSION = '4.3.1'
const MIN_JAVA = 17
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg'
const START_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 20_000

export const KAFKA = {
  name: `Kafka ${VERSION}`,
  /** Throws PeerMissing when it cannot be had on this machine. */
  async install(): Promise<void> {
    await prepare()
  },
}

async function prepare(): Promise<{ readonly java: string; readonly classPath: string }> {
  const home = await findJava(MIN_JAVA)
  const libraries = await kafkaLibraries('kafka', 'kafka_2.13', VERSION)
  return { java: join(home, 'bin/java'), classPath: join(libraries, '*') }
}

/** A node of Apache Kafka that is broker and controller, on ports and in a folder of its own; about 10 s and 500 MB. */
export class KafkaServer {
  readonly address: string
  readonly #folder: string
  readonly #arguments: readonly string[]
  readonly #java: string
  #process: ChildProcess | null = null
  readonly #endWithTests = (): void => void this.#process?.kill('SIGKILL')

  private constructor(address: string, folder: string, { java, classPath }: Awaited<ReturnType<typeof prepare>>) {
    this.address = address
    this.#folder = folder
    this.#java = java
    this.#arguments = ['-Xms512m', '-Xmx512m', '-cp', classPath, 'kafka.Kafka', join(folder, 'server.properties')]
    process.on('exit', this.#endWithTests)
  }

  /** Throws PeerMissing when Kafka cannot be had on this machine. */
  static async start(): Promise<KafkaServer> {
    const installed = await prepare()
    const folder = await mkdtemp(join(tmpdir(), 'stoplog-kafka-'))
    const address = `127.0.0.1:${await freePort()}`
    const properties = join(folder, 'server.properties')
    await writeFile(properties, propertiesOf(folder, address, `127.0.0.1:${await freePort()}`))
    const format = ['kafka.tools.StorageTool', 'format', '--standalone', '-t', CLUSTER_ID, '-c', properties]
    await runProgram(installed.java, ['-cp', installed.classPath, ...format])
    const server = new KafkaServer(address, folder, installed)
    try {
      await server.restart()
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** Of its process. Throws while it does not run. */
  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('Kafka does not run')
    return pid
  }

  /** Starts it again on the same data and ports, after it was killed. */
  async restart(): Promise<void> {
    const log = openSync(join(this.#folder, 'output.log'), 'a')
    this.#process = spawn(this.#java, this.#arguments, { cwd: this.#folder, stdio: ['ignore', log, log] })
    closeSync(log)
    await this.#untilReady(this.#process)
  }

  /** `kill -9`, at once. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Ends it in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    process.off('exit', this.#endWithTests)
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #untilReady(server: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS
    while (server.exitCode === null && server.signalCode === null && Date.now() < deadline) {
      const cluster = new Cluster({ bootstrapServers: [this.address], clientId: 'test', clock: systemClock })
      const isReady = await new Admin(cluster).topics().then(
        () => true,
        () => false,
      )
      await cluster.close()
      if (isReady) return
      await wait(250)
    }
    throw new Error(`Kafka does not start:\n${readFileSync(join(this.#folder, 'output.log'), 'utf8').slice(-4_000)}`)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#process
    this.#process = null
    if (server === null || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server.once('exit', resolve))
    server.kill(signal)
    const inTime = await Promise.race([ended.then(() => true), wait(STOP_TIMEOUT_MS, false, { ref: false })])
    if (inTime) return
    server.kill('SIGKILL')
    await ended
  }
}

function propertiesOf(folder: string, address: string, controllerAddress: string): string {
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': '0',
    'controller.quorum.bootstrap.servers': controllerAddress,
    listeners: `PLAINTEXT://${address},CONTROLLER://${controllerAddress}`,
    'advertised.listeners': `PLAINTEXT://${address}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'group.initial.rebalance.delay.ms': '0',
  }
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
