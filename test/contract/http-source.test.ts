import { createHmac } from 'node:crypto'
import { describe, test } from 'vitest'
import { httpSource } from '../../connectors/http/source.ts'
import { createTestContext } from '../../connectors/testing/connector-context.ts'
import { pushSourceContract, type PushSourceSubject } from '../../connectors/testing/push-source-contract.ts'
import { createExpressions } from '../../processors/cel/expressions.ts'
import { send } from '../support/http-client.ts'
import { urlOf } from '../support/running-http-source.ts'

const SECRET = 'hunter22'
const BODY = '{"n": 1}\n{"n": 2}\n'

async function setup(config: object, headers: Readonly<Record<string, string>>): Promise<PushSourceSubject> {
  const context = createTestContext({ baseDir: '/', expressions: createExpressions() })
  return {
    config: { listen: '127.0.0.1:0', path: '/hooks', format: 'ndjson', ...config },
    context,
    secrets: [SECRET],
    async send() {
      const { status } = await send(urlOf(context), { body: BODY, headers })
      return status >= 200 && status < 300
    },
  }
}

describe('source contract: http with a token', () => {
  const cases = pushSourceContract(httpSource, () => {
    return setup({ auth: { token: SECRET } }, { authorization: `Bearer ${SECRET}` })
  })
  test.for(cases)('$name', async ({ run }) => await run())
})

describe('source contract: http with signatures', () => {
  const signature = createHmac('sha256', SECRET).update(BODY).digest('hex')
  const cases = pushSourceContract(httpSource, () => {
    return setup({ auth: { hmac: { secret: SECRET, header: 'X-Signature' } } }, { 'x-signature': signature })
  })
  test.for(cases)('$name', async ({ run }) => await run())
})
