import { describe, expect, test } from 'vitest'
import type { BulkAction } from '../../../../connectors/elasticsearch/bulk-action.ts'
import { readBulkAnswer } from '../../../../connectors/elasticsearch/bulk-answer.ts'

function action(id: string, verb: BulkAction['verb'] = 'create'): BulkAction {
  return { index: 0, verb, target: 'findings', id, head: Buffer.from('{}'), document: null, size: 3 }
}

const twoActions = [action('a'), action('b')]
const good = (id: string) => ({ create: { _id: id, status: 201 } })

describe('an answer to a bulk request', () => {
  test('gives the result of each document', () => {
    const error = { type: 'x', reason: 'y', caused_by: { reason: 'z' } }
    const text = JSON.stringify({ errors: true, items: [good('a'), { create: { _id: 'b', status: 400, error } }] })
    expect(readBulkAnswer(text, twoActions)).toEqual([
      { status: 201, error: null },
      { status: 400, error: { type: 'x', reason: 'y: z' } },
    ])
  })

  test('deleting what is not there is no error', () => {
    const text = JSON.stringify({ errors: false, items: [{ delete: { _id: 'a', status: 404 } }] })
    expect(readBulkAnswer(text, [action('a', 'delete')])).toEqual([{ status: 404, error: null }])
  })

  test.for<[name: string, answer: unknown]>([
    ['nothing', ''],
    ['a page of a proxy', '<html><body>It works!</body></html>'],
    ['another document', {}],
    ['a list', []],
    ['null', null],
    ['cut off', '{"errors":false,"items":[{"create":{"_id":"a","status":201}},'],
    ['errors is missing', { items: [good('a'), good('b')] }],
    ['items is missing', { errors: false }],
    ['items is a map', { errors: false, items: { 0: good('a'), 1: good('b') } }],
    ['one too few', { errors: false, items: [good('a')] }],
    ['one too many', { errors: false, items: [good('a'), good('b'), good('c')] }],
    ['in another order', { errors: false, items: [good('b'), good('a')] }],
    ['the same twice', { errors: false, items: [good('a'), good('a')] }],
    ['an id is missing', { errors: false, items: [good('a'), { create: { status: 201 } }] }],
    ['an id is a number', { errors: false, items: [good('a'), { create: { _id: 1, status: 201 } }] }],
    ['another action', { errors: false, items: [good('a'), { index: { _id: 'b', status: 201 } }] }],
    ['an item is null', { errors: false, items: [good('a'), null] }],
    ['an item is empty', { errors: false, items: [good('a'), {}] }],
    ['a status is missing', { errors: false, items: [good('a'), { create: { _id: 'b' } }] }],
    ['a status is a text', { errors: false, items: [good('a'), { create: { _id: 'b', status: '201' } }] }],
    ['a status is broken', { errors: false, items: [good('a'), { create: { _id: 'b', status: 201.5 } }] }],
    ['a redirect', { errors: false, items: [good('a'), { create: { _id: 'b', status: 302 } }] }],
    [
      'written, but with an error',
      { errors: true, items: [good('a'), { create: { _id: 'b', status: 201, error: {} } }] },
    ],
    ['failed, but without an error', { errors: true, items: [good('a'), { create: { _id: 'b', status: 400 } }] }],
    ['errors that nobody has', { errors: true, items: [good('a'), good('b')] }],
    ['a name from the prototype', '{"errors":false,"items":[{"__proto__":{"create":{"_id":"a","status":201}}},{}]}'],
  ])('counts as none when it is %s', ([, answer]) => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer)
    expect(() => readBulkAnswer(text, twoActions)).toThrow(
      expect.objectContaining({ code: 'E_REMOTE_ANSWER', retryable: true }),
    )
  })

  test('reasons are cut and lose what a terminal would obey', () => {
    const reason = `\u001b[31m${'é🦫'.repeat(1_000)}`
    const text = JSON.stringify({
      errors: true,
      items: [{ create: { _id: 'a', status: 400, error: { type: 7, reason } } }],
    })
    const [result] = readBulkAnswer(text, [action('a')])
    expect(result?.error?.type).toBe('7')
    expect(result?.error?.reason).toMatch(/^\[31mé🦫/)
    expect(result?.error?.reason.length).toBeLessThanOrEqual(501)
    expect(result?.error?.reason).not.toMatch(/\p{Cs}/u)
  })
})
