import { join } from 'node:path'
import { describe, test } from 'vitest'
import { policy } from '../../processors/policy/policy.ts'
import { processorContract } from '../../processors/testing/processor-contract.ts'
import { ROOT } from '../support/source-files.ts'

const config = {
  bundle: './behaviour.tar.gz',
  entrypoint: 'behaviour/verdict',
  on_policy_error: 'dead_letter',
  mask: ['/input/token', '/result/reasons/0'],
}

const setup = {
  config,
  baseDir: join(ROOT, 'test/golden/policy/bundles'),
  events: [
    { value: { reasons: [] }, key: 'a', offset: 0, time: 1_000 },
    { value: { reasons: ['bad'], token: 's3cret' }, key: 'b', offset: 1, time: 2_000 },
    { value: null, key: 'a', offset: 2, time: 3_000 },
  ],
  // A loop over a number gives no reasons, a list of one loops over its items; this is neither.
  failing: { bytes: '{"reasons": [1], "text": "\\ud800"}', offset: 3 },
}

describe('the step policy', () => {
  test.for(processorContract(policy, setup))('$name', async ({ run }) => {
    await run()
  })
})
