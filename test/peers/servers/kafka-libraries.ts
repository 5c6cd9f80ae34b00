import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, installing } from './peer-cache.ts'
import { runProgram } from './program.ts'

/**
 * The folder with an artifact of Apache Kafka from Maven Central and all that it needs, such as `kafka_2.13` in version
 * 4.3.1; filled once. Throws PeerMissing when it cannot be had on this machine.
 */
export function kafkaLibraries(name: string, artifact: string, version: string): Promise<string> {
  return cached(`${name}-${version}`, (filling) =>
    installing(name, async () => {
      const pom = join(filling, 'pom.xml')
      await writeFile(pom, pomOf(artifact, version))
      await runProgram('mvn', ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${filling}`])
    }),
  )
}

function pomOf(artifact: string, version: string): string {
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>peers</groupId><artifactId>peer</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>
  </dependencies>
</project>
`
}
