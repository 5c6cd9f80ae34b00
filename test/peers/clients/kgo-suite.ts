import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached, installing } from '../servers/peer-cache.ts'
import { runProgram } from '../servers/program.ts'
import type { ForeignSuite } from './foreign-suite.ts'
import { PeerProcess } from './peer-process.ts'

const FRANZ_GO = 'v1.22.2'

const KGO = 'github.com/twmb/franz-go/pkg/kgo'

/** As many as take two minutes; the suite's own number is 500,000. */
const KGO_RECORDS = 20_000

/** The tests of franz-go's client. Those of share groups and of KIP-848 skip themselves by ApiVersions. */
export const KGO_SUITE: ForeignSuite = {
  name: `franz-go's suite ${FRANZ_GO}`,
  unserved: {},
  leftOut: {
    TestTxnEtl: 'transactions',
    TestConsumeRegex: 'a topic __consumer_offsets',
  },
  minPassed: 130,
  async install() {
    await prepareKgo()
  },
  async run(address) {
    const folder = await prepareKgo()
    const skip = `^(${Object.keys(KGO_SUITE.leftOut).join('|')})$`
    const process = new PeerProcess(
      'go',
      ['test', '-C', folder, '-count=1', '-v', '-timeout', '800s', '-skip', skip, KGO],
      {
        env: {
          ...GO_ENVIRONMENT,
          KGO_SEEDS: address,
          KGO_TEST_RF: '1',
          KGO_LOG_LEVEL: 'none',
          KGO_TEST_RECORDS: String(KGO_RECORDS),
        },
      },
    )
    await process.ended
    const named = (result: string): readonly string[] =>
      process.lines.flatMap((line) => new RegExp(`^--- ${result}: (\\w+)`).exec(line)?.[1] ?? [])
    return { passed: named('PASS'), failed: named('FAIL') }
  },
}

/** `tidy` may write go.mod; no other Go than the one that is there is fetched. */
const GO_ENVIRONMENT = { GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local' }

async function prepareKgo(): Promise<string> {
  return await cached(`franz-go-${FRANZ_GO}`, (filling) =>
    installing("franz-go's suite", async () => {
      await writeFile(join(filling, 'go.mod'), `module peers\ngo 1.24\nrequire github.com/twmb/franz-go ${FRANZ_GO}\n`)
      await writeFile(join(filling, 'suite.go'), `package peers\n\nimport _ "${KGO}"\n`)
      const settings = Object.entries(GO_ENVIRONMENT).map(([name, value]) => `${name}=${value}`)
      const go = (...args: readonly string[]): Promise<string> => runProgram('env', [...settings, 'go', ...args])
      await runProgram('go', ['version'])
      await go('-C', filling, 'mod', 'tidy')
      await go('test', '-C', filling, '-c', '-o', join(filling, 'kgo.test'), KGO)
    }),
  )
}
