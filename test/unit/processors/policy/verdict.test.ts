import { describe, expect, test } from 'vitest'
import type { Json } from '../../../../schemas/json.ts'
import { toVerdict } from '../../../../processors/policy/verdict.ts'

describe('results that are verdicts', () => {
  test.for<readonly [name: string, result: Json, allow: boolean, reasons: readonly string[]]>([
    ['true', true, true, []],
    ['false', false, false, []],
    ['no denials', [], true, []],
    ['denials', ['a', 'b'], false, ['a', 'b']],
    ['allow alone', { allow: true }, true, []],
    ['allow with reasons', { allow: true, reasons: ['fine'] }, true, ['fine']],
    ['not allowed', { allow: false, reasons: ['bad'] }, false, ['bad']],
    ['deny as a list', { deny: ['bad'] }, false, ['bad']],
    ['deny as an empty list', { deny: [] }, true, []],
    ['deny as a boolean', { deny: true }, false, []],
    ['deny as false', { deny: false }, true, []],
    ['violations of Gatekeeper', { violations: [{ msg: 'bad', details: { x: 1 } }] }, false, ['bad']],
    ['violation of Conftest', { violation: [{ message: 'bad' }] }, false, ['bad']],
    ['a denial beats allow', { allow: true, deny: ['bad'] }, false, ['bad']],
    ['no denial does not make allowed', { allow: false, deny: [] }, false, []],
    ['reasons and denials, each once', { allow: false, reasons: ['a', 'b'], deny: ['b', 'c'] }, false, ['a', 'b', 'c']],
    [
      'reasons that are no texts',
      { allow: false, reasons: [1, null, { code: 'X' }] },
      false,
      ['1', 'null', '{"code":"X"}'],
    ],
    ['reasons that are no list', { allow: false, reasons: 'because' }, false, []],
    ['other fields do not matter', { allow: true, severity: 9 }, true, []],
  ])('%s', ([, result, allow, reasons]) => {
    expect(toVerdict(result)).toEqual({ allow, reasons })
  })
})

describe('results that are none', () => {
  test.for<readonly [name: string, result: Json]>([
    ['null', null],
    ['a number', 1],
    ['a text', 'yes'],
    ['an empty object', {}],
    ['an object about something else', { result: true }],
    ['allow as a text', { allow: 'true' }],
    ['allow as a number', { allow: 1 }],
    ['allow as null', { allow: null }],
    ['deny as a text', { deny: 'bad' }],
    ['violations as an object', { allow: true, violations: {} }],
    ['allow of the prototype', JSON.parse('{"__proto__":{"allow":true}}') as Json],
  ])('%s', ([, result]) => {
    expect(toVerdict(result)).toMatchObject({ error: { code: 'E_POLICY_RESULT' } })
  })
})
