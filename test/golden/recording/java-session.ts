import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../support/real-kafka.ts'
import { MESSAGES } from './messages.ts'

/** Uses Kafka's own command line tools; the class path has them. */
export async function javaSession(bootstrap: string, classPath: string): Promise<void> {
  const topic = 'java-topic'
  const tool = (name: string, args: readonly string[], input = ''): Promise<string> =>
    run('java', ['-XX:TieredStopAtLevel=1', '-cp', classPath, `org.apache.kafka.tools.${name}`, ...args], { input })
  const at = ['--bootstrap-server', bootstrap]
  const input = MESSAGES.map(({ key, value }) => `${key}\t${value}\n`).join('')
  await tool('TopicCommand', [
    ...at,
    '--create',
    '--topic',
    topic,
    '--partitions',
    '1',
    '--config',
    'retention.ms=3600000',
  ])
  await tool('TopicCommand', [...at, '--alter', '--topic', topic, '--partitions', '2'])
  await tool('TopicCommand', [...at, '--describe', '--topic', topic])
  await tool('TopicCommand', [...at, '--list'])
  for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
    const properties = ['parse.key=true', 'key.separator=\t'].flatMap((property) => ['--reader-property', property])
    const producing = ['--compression-codec', codec, '--command-property', 'linger.ms=200']
    await tool('ConsoleProducer', [...at, '--topic', topic, ...properties, ...producing], input)
  }
  const group = ['--group', 'java-group']
  const consuming = [
    '--from-beginning',
    '--max-messages',
    String(5 * MESSAGES.length),
    '--isolation-level',
    'read_committed',
  ]
  await tool('consumer.ConsoleConsumer', [...at, '--topic', topic, ...group, ...consuming, '--timeout-ms', '20000'])
  const copying = ['--input-partition', '0', '--output-topic', 'java-copy', '--max-messages', '20']
  const transaction = ['--transactional-id', 'java-tx', '--transaction-size', '10', '--consumer-group', 'java-copier']
  await tool('TransactionalMessageCopier', [
    '--broker-list',
    bootstrap,
    '--input-topic',
    topic,
    ...copying,
    ...transaction,
  ])
  await tool('GetOffsetShell', [...at, '--topic', topic])
  await tool('GetOffsetShell', [...at, '--topic', topic, '--time', 'max-timestamp'])
  const groups = 'consumer.group.ConsumerGroupCommand'
  await tool(groups, [...at, '--list', '--state'])
  await tool(groups, [...at, '--describe', ...group])
  await tool(groups, [...at, '--describe', ...group, '--members'])
  await tool(groups, [...at, '--reset-offsets', ...group, '--topic', topic, '--to-earliest', '--execute'])
  await tool(groups, [...at, '--delete-offsets', ...group, '--topic', topic])
  await tool(groups, [...at, '--delete', ...group])
  const file = join(await mkdtemp(join(tmpdir(), 'java-session-')), 'offsets.json')
  await writeFile(file, JSON.stringify({ partitions: [{ topic, partition: 0, offset: 1 }], version: 1 }))
  await tool('DeleteRecordsCommand', [...at, '--offset-json-file', file])
  const configs = (...args: readonly string[]): Promise<string> =>
    run('java', ['-XX:TieredStopAtLevel=1', '-cp', classPath, 'kafka.admin.ConfigCommand', ...at, ...args])
  await configs('--describe', '--entity-type', 'topics', '--entity-name', topic, '--all')
  await configs('--alter', '--entity-type', 'topics', '--entity-name', topic, '--add-config', 'retention.ms=7200000')
  await tool('BrokerApiVersionsCommand', at)
  await tool('TopicCommand', [...at, '--delete', '--topic', topic])
}
