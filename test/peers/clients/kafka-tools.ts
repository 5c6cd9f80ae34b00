import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, installing } from '../servers/peer-cache.ts'
import { findJava, runProgram } from '../servers/program.ts'
import { PeerProcess } from './peer-process.ts'

const VERSION = '4.3.1'

/** Kafka's tools are written for this Java. */
const MIN_JAVA = 17

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>peers</groupId><artifactId>kafka-tools</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${VERSION}</version></dependency>
  </dependencies>
</project>
`

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
  const libraries = await cached(`kafka-tools-${VERSION}`, (filling) =>
    installing('kafka-tools', async () => {
      const pom = join(filling, 'pom.xml')
      await writeFile(pom, POM)
      const copy = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${filling}`]
      await runProgram('mvn', copy)
    }),
  )
  return { java: join(home, 'bin/java'), libraries }
}
