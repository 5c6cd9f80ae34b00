import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const KAFKA_VERSION = '4.3.1'

/** Runs a program to its end and gives its output; rejects when it fails, unless that is expected. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const child = spawn(command, args, { cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  child.stdin.end(options.input ?? '')
  const timer = options.stopAfterMs === undefined ? undefined : setTimeout(() => child.kill(), options.stopAfterMs)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  const text = Buffer.concat(output).toString('utf8')
  if (code !== 0 && options.stopAfterMs === undefined) throw new Error(`${command} ${args.join(' ')}\n${text}`)
  return text
}

export interface RunOptions {
  readonly cwd?: string
  readonly input?: string
  /** Sends SIGTERM after this time, and takes any exit code then. */
  readonly stopAfterMs?: number
}

export interface RealKafka {
  /** Class path with all of Kafka's tools. */
  readonly classPath: string
  stop(): Promise<void>
}

interface Ports {
  readonly port: number
  readonly controllerPort: number
  /** The port that clients are sent to, such as that of a proxy. */
  readonly advertisedPort: number
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>x</groupId><artifactId>x</artifactId><version>1</version><packaging>pom</packaging><dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${KAFKA_VERSION}</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.25.1</version></dependency>
<dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-core</artifactId><version>2.25.1</version></dependency>
</dependencies></project>`

/** Starts one node of Apache Kafka in a folder of its own, which is made empty. Needs Java 17 and Maven. */
export async function startRealKafka(folder: string, ports: Ports): Promise<RealKafka> {
  mkdirSync(folder, { recursive: true })
  if (!existsSync(join(folder, 'libs'))) {
    writeFileSync(join(folder, 'pom.xml'), POM)
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=libs'], { cwd: folder })
  }
  rmSync(join(folder, 'data'), { recursive: true, force: true })
  writeFileSync(join(folder, 's.properties'), properties(folder, ports))
  const classPath = join(folder, 'libs', '*')
  const java = ['-Xms512m', '-Xmx512m', '-cp', classPath]
  const clusterId = 'MkU3OEVBNTcwNTJENDM2Qg'
  await run(
    'java',
    [...java, 'kafka.tools.StorageTool', 'format', '--standalone', '-t', clusterId, '-c', 's.properties'],
    {
      cwd: folder,
    },
  )
  const broker = spawn('java', [...java, 'kafka.Kafka', 's.properties'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = createWriteStream(join(folder, 'kafka.log'))
  broker.stdout.pipe(log)
  broker.stderr.pipe(log)
  await listening(broker, ports.port)
  return {
    classPath,
    async stop() {
      broker.kill()
      if (broker.exitCode === null) await once(broker, 'exit')
    },
  }
}

function properties(folder: string, { port, controllerPort, advertisedPort }: Ports): string {
  return [
    'process.roles=broker,controller',
    'node.id=0',
    `controller.quorum.bootstrap.servers=127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name=PLAINTEXT',
    'controller.listener.names=CONTROLLER',
    `log.dirs=${join(folder, 'data')}`,
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=2',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=2',
    'share.coordinator.state.topic.replication.factor=1',
    'group.initial.rebalance.delay.ms=0',
    'num.partitions=2',
    'group.min.session.timeout.ms=3000',
  ].join('\n')
}

async function listening(broker: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    if (broker.exitCode !== null) throw new Error('Kafka ended while it was starting; see kafka.log')
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true))
      socket.once('error', () => resolve(false))
      socket.once('close', () => socket.destroy())
      socket.once('connect', () => socket.end())
    })
    if (isOpen) return
    await sleep(250)
  }
  broker.kill()
  throw new Error(`Kafka did not listen on port ${port} within a minute`)
}
