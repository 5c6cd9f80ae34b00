import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, installing } from '../servers/peer-cache.ts'
import { runProgram } from '../servers/program.ts'
import type { ForeignSuite } from './foreign-suite.ts'
import { PeerProcess } from './peer-process.ts'

const KAFKA_PYTHON = '3.0.12'

/** What pytest and the codecs of kafka-python need. */
const PYTHON_PACKAGES = ['pytest', 'pytest-timeout', 'python-snappy', 'lz4', 'zstandard', 'crc32c']

/** The source package lacks this module; a broker that runs already needs nothing of it. */
const SERVICE = `class ExternalService:
    def __init__(self, host, port):
        self.host, self.port = host, port

    def _nothing(self, *_, **__):
        pass

    open = start = stop = close = dump_logs = wait_for = _nothing


class SpawnedService(ExternalService):
    pass
`

/** The integration tests of kafka-python; those of TLS and SASL need a broker that is set up for them. */
export const KAFKA_PYTHON_SUITE: ForeignSuite = {
  name: `kafka-python's suite ${KAFKA_PYTHON}`,
  unserved: {
    test_create_describe_delete_acls: 'DescribeAcls',
    test_create_partitions: 'CreatePartitions',
    test_elect_leaders: 'ElectLeaders',
    test_describe_log_dirs: 'DescribeLogDirs',
    test_alter_replica_log_dirs: 'DescribeLogDirs',
    test_describe_metadata_quorum: 'DescribeQuorum',
    test_alter_partition_reassignments: 'AlterPartitionReassignments',
    test_list_partition_reassignments: 'ListPartitionReassignments',
    test_describe_topic_partitions: 'DescribeTopicPartitions',
    test_describe_topic_partitions_pagination: 'DescribeTopicPartitions',
    test_list_config_resources: 'ListConfigResources',
    test_transactional_producer_messages: 'transactions',
    test_transactional_producer_offsets: 'transactions',
  },
  leftOut: {},
  minPassed: 42,
  async install() {
    await preparePythonSuite()
  },
  async run(address) {
    const { python, source } = await preparePythonSuite()
    const files = ['admin', 'consumer', 'producer'].map((name) =>
      join(source, `test/integration/test_${name}_integration.py`),
    )
    const report = ['-q', '-rA', '--show-capture=no', '--tb=no', '-p', 'no:cacheprovider']
    const limits = ['--timeout', '60', '--timeout-method=signal']
    const process = new PeerProcess(python, ['-m', 'pytest', '--rootdir', source, ...report, ...limits, ...files], {
      // The version whose APIs this broker announces.
      env: { KAFKA_VERSION: '4.1.0', KAFKA_URI: `kafka://${address}`, KAFKA_ROOT: source, PYTHONPATH: source },
    })
    await process.ended
    const named = (result: string): readonly string[] =>
      process.lines.flatMap((line) => new RegExp(`^${result} \\S+::(\\w+)`).exec(line)?.[1] ?? [])
    return { passed: named('PASSED'), failed: [...named('FAILED'), ...named('ERROR')] }
  },
}

async function preparePythonSuite(): Promise<{ readonly python: string; readonly source: string }> {
  const folder = await cached(`kafka-python-suite-${KAFKA_PYTHON}`, (filling) =>
    installing("kafka-python's suite", async () => {
      const python = join(filling, 'bin/python')
      const client = `kafka-python==${KAFKA_PYTHON}`
      await runProgram('python3', ['-m', 'venv', filling])
      await runProgram(python, ['-m', 'pip', 'install', '--quiet', client, ...PYTHON_PACKAGES])
      const download = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-binary', ':all:', '-d', filling, client]
      await runProgram(python, download)
      const archive = join(filling, `kafka_python-${KAFKA_PYTHON}.tar.gz`)
      await runProgram('tar', ['xzf', archive, '-C', filling])
      const tests = join(filling, `kafka_python-${KAFKA_PYTHON}/test`)
      await writeFile(join(tests, '__init__.py'), '')
      await writeFile(join(tests, 'service.py'), SERVICE)
    }),
  )
  return { python: join(folder, 'bin/python'), source: join(folder, `kafka_python-${KAFKA_PYTHON}`) }
}
