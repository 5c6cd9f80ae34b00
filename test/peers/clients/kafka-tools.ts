import { join } from 'node:path'
import { kafkaLibraries } from '../servers/kafka-libraries.ts'
import { findJava } from '../servers/program.ts'
import { PeerProcess } from './peer-process.ts'

const VERSION = '4.3.1'

/** Kafka's tools are written for this Java. */
const MIN_JAVA = 17

/** The command line tools of Apache Kafka and its Java client. */
export const KAFKA_TOOLS = {
  name: `Kafka's own tools ${VERSION}`,
  /** Throws PeerMissing when they cannot be had on this machine. */
  async install(): Promise<void> {
    await prepare()
  },
}

/** Runs a tool, by the name of its class below `org.apache.kafka.tools`, and returns the lines it printed. */
export async function runKafkaTool(tool: string, args: readonly string[], input = ''): Promise<readonly string[]> {
  const { java, libraries } = await prepare()
  const jvm = ['-Xmx256m', '-cp', join(libraries, '*'), `org.apache.kafka.tools.${tool}`]
  const process = new PeerProcess(java, [...jvm, ...args], { input })
  await process.succeeded()
  return process.lines
}

async function prepare(): Promise<{ readonly java: string; readonly libraries: string }> {
  const home = await findJava(MIN_JAVA)
  const libraries = await kafkaLibraries('kafka-tools', 'kafka-tools', VERSION)
  return { java: join(home, 'bin/java'), libraries }
}
