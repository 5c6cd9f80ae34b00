import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { redact } from '../../../processors/redact/redact.ts'
import type { Json } from '../../../schemas/json.ts'
import { createStep, refusalOf, valueAfter } from '../../support/step.ts'

const TOKEN = `ghp_${'a1B2'.repeat(9)}`
const value = {
  user: { name: 'x', email: 'x@example.org', password: 'p', nil: null },
  secrets: [
    { match: `token=${TOKEN};`, line: 3 },
    { match: 'none', line: 4 },
  ],
  note: `${TOKEN} and ${TOKEN}`,
  tags: { a: { b: 'c' } },
}

function hmac(text: string): string {
  return `hmac-sha256:${createHmac('sha256', 'k1').update(text).digest('hex')}`
}

test.for<[string, unknown, Json]>([
  ['a field', { fields: ['user.email'] }, { ...value, user: { ...value.user, email: '[redacted]' } }],
  ['a field of any type', { fields: ['tags'] }, { ...value, tags: '[redacted]' }],
  [
    'a number',
    { fields: ['secrets[0].line'], with: '***' },
    { ...value, secrets: [{ ...value.secrets[0], line: '***' }, value.secrets[1]!] },
  ],
  [
    'all below a wildcard, null apart',
    { fields: ['user.*'], with: 'x' },
    { ...value, user: { name: 'x', email: 'x', password: 'x', nil: null } },
  ],
  [
    'any depth',
    { fields: ['**.b', '**.password'], with: 'x' },
    { ...value, user: { ...value.user, password: 'x' }, tags: { a: { b: 'x' } } },
  ],
  [
    'what a pattern matches in all texts',
    { pattern: 'ghp_[A-Za-z0-9]{36}' },
    {
      ...value,
      secrets: [{ match: 'token=[redacted];', line: 3 }, value.secrets[1]!],
      note: '[redacted] and [redacted]',
    },
  ],
  [
    'what a pattern matches in some',
    { fields: ['secrets.*.match'], pattern: 'ghp_[A-Za-z0-9]{36}', with: '$&' },
    { ...value, secrets: [{ match: 'token=$&;', line: 3 }, value.secrets[1]!] },
  ],
  [
    'with an HMAC',
    { fields: ['user.email', 'tags'], with: 'hmac', key: 'k1' },
    { ...value, user: { ...value.user, email: hmac('x@example.org') }, tags: hmac('{"a":{"b":"c"}}') },
  ],
  [
    'matches with an HMAC of each',
    { pattern: 'ghp_[A-Za-z0-9]{36}', with: 'hmac', key: 'k1' },
    {
      ...value,
      secrets: [{ match: `token=${hmac(TOKEN)};`, line: 3 }, value.secrets[1]!],
      note: `${hmac(TOKEN)} and ${hmac(TOKEN)}`,
    },
  ],
])('redacts %s', async ([, config, expected]) => {
  expect(await valueAfter(redact, config, value)).toEqual(expected)
})

test('a value that is a text is searched as well', async () => {
  expect(await valueAfter(redact, { pattern: 'b+' }, 'abba')).toBe('a[redacted]a')
})

test('where nothing is found, nothing is written anew', async () => {
  expect((await createStep(redact, { pattern: 'AKIA[A-Z0-9]{16}' }))({ value }).event.valueChanged).toBe(false)
  expect((await createStep(redact, { fields: ['no.such'] }))({ value }).event.valueChanged).toBe(false)
  expect((await createStep(redact, { fields: ['**'] }))({ value: null }).outcome).toBe('pass')
})

test('names of JavaScript are names like any other', async () => {
  const step = await createStep(redact, { fields: ['**.constructor', '**.__proto__'] })
  const { event } = step({ bytes: '{"a":{"constructor":"s","__proto__":{"x":"s"}},"b":1}' })
  expect(JSON.stringify(event.value)).toBe('{"a":{"constructor":"[redacted]","__proto__":"[redacted]"},"b":1}')
})

describe('what cannot be redacted fails', () => {
  test('deep nesting', async () => {
    const bytes = `${'['.repeat(50_000)}"s"${']'.repeat(50_000)}`
    expect((await createStep(redact, { pattern: 's' }))({ bytes }).outcome).toBe('E_VALUE_DEPTH')
    expect((await createStep(redact, { fields: ['**.s'] }))({ bytes }).outcome).toBe('E_VALUE_DEPTH')
  })

  test('an HMAC of a number that stands for more than one', async () => {
    const step = await createStep(redact, { fields: ['id'], with: 'hmac', key: 'k' })
    expect(step({ bytes: '{"id":12345678901234567890}' }).outcome).toBe('E_NUMBER_UNSAFE')
  })
})

test('the key is a secret', () => {
  const config = redact.definition.config.parse({ fields: ['a'], with: 'hmac', key: 'hunter2' })
  expect(JSON.stringify(config)).not.toContain('hunter2')
})

test.for<[unknown, string]>([
  [{}, 'expected fields, pattern or both'],
  [{ fields: [] }, 'Too small'],
  [{ fields: ['a..b'] }, 'E_FIELD_PATH'],
  [{ fields: ['value.a'] }, 'paths start below'],
  [{ pattern: '(?=a)' }, 'RE2 refuses'],
  [{ fields: ['a'], with: 'hmac' }, 'needs a key'],
  [{ fields: ['a'], key: 'k' }, 'only with: hmac'],
  [{ fields: ['a'], mask: 'x' }, 'Unrecognized key'],
  ['a', 'expected object'],
])('%j is refused', ([config, message]) => {
  expect(refusalOf(redact, config)).toContain(message)
})
