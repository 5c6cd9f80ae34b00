import { expect, test } from 'vitest'
import { parseServerProperties, serverPropertyNames } from '../../../broker/server-properties.ts'

test('properties set options and defaults of topics', () => {
  const properties = {
    'num.partitions': '2',
    'auto.create.topics.enable': 'false',
    'log.segment.bytes': '1048576',
    'message.max.bytes': '5000000',
  }
  expect(parseServerProperties(properties)).toEqual({
    defaultPartitions: 2,
    autoCreateTopics: false,
    topicDefaults: { 'segment.bytes': '1048576', 'max.message.bytes': '5000000' },
  })
})

test.for([
  ['num.partition', '2'],
  ['num.partitions', 'two'],
  ['num.partitions', '-1'],
  ['auto.create.topics.enable', 'yes'],
  ['log.segment.bytes', '1'],
  ['constructor', '1'],
  ['__proto__', '1'],
] as const)('%s=%s is refused', ([name, value]) => {
  expect(() => parseServerProperties(Object.fromEntries([[name, value]]))).toThrow(
    expect.objectContaining({ code: 'E_PROPERTY' }),
  )
})

test('every property can be named', () => {
  expect(serverPropertyNames()).toContain('group.min.session.timeout.ms')
  expect(new Set(serverPropertyNames()).size).toBe(serverPropertyNames().length)
})
