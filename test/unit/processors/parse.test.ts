import { describe, expect, test } from 'vitest'
import { parse } from '../../../processors/parse/parse.ts'
import { createStep, refusalOf } from '../../support/step.ts'

const BIG = '12345678901234567890'

describe('json', () => {
  test('reads a value that is a text', async () => {
    const step = await createStep(parse, 'json')
    expect(step({ value: '{"a":[1,"x"]}' }).event).toMatchObject({ value: { a: [1, 'x'] }, valueChanged: true })
    expect(step({ value: 'null' }).event.value).toBeNull()
  })

  test('leaves what is JSON already as it came', async () => {
    const step = await createStep(parse, 'json')
    expect(step({ value: { a: 1 } }).event.valueChanged).toBe(false)
    expect(step({ bytes: `{"id":${BIG}}` }).event.valueChanged).toBe(false)
    expect(step({ value: null }).event.valueChanged).toBe(false)
  })

  test('fails for text that is not JSON, without quoting it', async () => {
    const step = await createStep(parse, 'json')
    const { outcome, error } = step({ value: '{"password":"hunter2",}' })
    expect(outcome).toBe('E_VALUE_JSON')
    expect(`${error!.message} ${String(error!.cause)}`).not.toContain('hunter2')
    expect(step({ bytes: '{"broken' }).outcome).toBe('E_VALUE_JSON')
    expect(step({ value: '' }).outcome).toBe('E_VALUE_JSON')
  })

  test('fails for numbers that would be rounded, or keeps them as text', async () => {
    expect((await createStep(parse, 'json'))({ value: `{"id":${BIG}}` }).outcome).toBe('E_NUMBER_UNSAFE')
    const keeping = await createStep(parse, { format: 'json', big_numbers: 'string' })
    expect(keeping({ value: `{"id":${BIG},"n":1.5}` }).event.value).toEqual({ id: BIG, n: 1.5 })
    expect(keeping({ bytes: `{"id":[${BIG},1e400,1]}` }).event.value).toEqual({ id: [BIG, '1e400', 1] })
  })

  test('does not go back to the bytes when a step has changed the value', async () => {
    const { definition } = parse
    const config = definition.config.parse({ format: 'json', big_numbers: 'string' })
    const { createEvent } = await import('../../support/event.ts')
    const { createProcessorContext } = await import('../../../processors/testing/processor-context.ts')
    const step = await definition.create(config, createProcessorContext())
    const event = createEvent({ bytes: `{"id":${BIG}}` })
    event.value = { other: 1 }
    expect('each' in step && step.each(event)).toBe('pass')
    expect(event.value).toEqual({ other: 1 })
  })
})

describe('ndjson', () => {
  const lines = '{"a":1}\n\n  \n{"a":2}\r\n[3]\n'

  test.for<[string, { bytes?: string; value?: string }]>([
    ['of the bytes', { bytes: lines }],
    ['of a value that is a text', { value: lines }],
  ])('makes an event of each line %s', async ([, fields]) => {
    const { outcome, children } = (await createStep(parse, 'ndjson'))({ ...fields, key: 'k' })
    expect(outcome).toBe('split')
    expect(children.map(({ value, key }) => [value, key])).toEqual([
      [{ a: 1 }, 'k'],
      [{ a: 2 }, 'k'],
      [[3], 'k'],
    ])
  })

  test('with one line is one event, without any is none', async () => {
    const step = await createStep(parse, 'ndjson')
    expect(step({ bytes: '{"a":1}' }).children.map(({ value }) => value)).toEqual([{ a: 1 }])
    expect(step({ bytes: '\uFEFF{"a":1}\n{"a":2}' }).children).toHaveLength(2)
    expect(step({ value: '\n \n' }).outcome).toBe('filtered')
    expect(step({ value: null }).outcome).toBe('pass')
  })

  test('fails as a whole for a broken line, and says which', async () => {
    const step = await createStep(parse, 'ndjson')
    const { outcome, error } = step({ bytes: '{"a":1}\n\n{"secret' })
    expect([outcome, error!.message]).toEqual(['E_VALUE_JSON', expect.stringMatching(/^line 3: the text is not JSON/)])
    expect(step({ bytes: '{"a":1}\nnull' }).outcome).toBe('E_SPLIT')
    expect(step({ bytes: `1\n${BIG}` }).error!.message).toBe('line 2: the number at character 1 would be rounded')
    expect(step({ bytes: new Uint8Array([0x7b, 0xff, 0x7d, 0x0a, 0x31]) }).outcome).toBe('E_VALUE_JSON')
  })

  test('of a value that a step has made fails', async () => {
    const { createEvent } = await import('../../support/event.ts')
    const { createProcessorContext } = await import('../../../processors/testing/processor-context.ts')
    const step = await parse.definition.create(parse.definition.config.parse('ndjson'), createProcessorContext())
    const event = createEvent({ bytes: '1\n2' })
    event.value = { a: 1 }
    expect(() => 'each' in step && step.each(event)).toThrow(expect.objectContaining({ code: 'E_FIELD_TYPE' }))
  })
})

describe('a field', () => {
  test('is replaced by what its text says', async () => {
    const step = await createStep(parse, { format: 'json', field: 'a.log' })
    expect(step({ value: { a: { log: '{"x":1}', b: 2 }, c: 3 } }).event.value).toEqual({
      a: { log: { x: 1 }, b: 2 },
      c: 3,
    })
    const lines = await createStep(parse, { format: 'ndjson', field: 'list[0]' })
    expect(lines({ value: { list: ['1\n2'] } }).event.value).toEqual({ list: [[1, 2]] })
    expect(step({ value: null }).outcome).toBe('pass')
  })

  test('that is absent or no text fails the event', async () => {
    const step = await createStep(parse, { format: 'json', field: 'log' })
    expect(step({ value: {} }).outcome).toBe('E_FIELD_MISSING')
    expect(step({ value: { log: 5 } }).outcome).toBe('E_FIELD_TYPE')
    expect(step({ value: { log: '{' } }).outcome).toBe('E_VALUE_JSON')
    expect((await createStep(parse, { format: 'json', field: 'constructor' }))({ value: {} }).outcome).toBe(
      'E_FIELD_MISSING',
    )
    expect((await createStep(parse, { format: 'json', field: 'length' }))({ value: ['x'] }).outcome).toBe(
      'E_FIELD_MISSING',
    )
  })
})

test.for<[unknown, string]>([
  ['xml', 'expected json, ndjson'],
  [{ format: 'json', fields: 'a' }, 'Unrecognized key'],
  [{ format: 'json', field: 'a.*' }, 'wildcard'],
  [{ format: 'json', big_numbers: 'round' }, 'expected one of'],
  [{}, 'expected'],
])('%j is refused', ([config, message]) => {
  expect(refusalOf(parse, config)).toContain(message)
})
