import { expect, test } from 'vitest'
import { commonProtocols, sameProtocols, selectProtocol } from '../../../../broker/groups/protocol-vote.ts'
import { protocols } from '../../../support/group-driver.ts'

const members = (...offers: readonly string[]) =>
  offers.map((names) => ({ protocols: names.split(',').map((name) => ({ name, metadata: Buffer.alloc(0) })) }))

test.for([
  { offers: ['a'], chosen: 'a' },
  { offers: ['a,b', 'b,a'], chosen: 'a' },
  { offers: ['a,b', 'b,a', 'b,a'], chosen: 'b' },
  { offers: ['a,b,c', 'c,b', 'b,c'], chosen: 'b' },
  { offers: ['a,c', 'b,c'], chosen: 'c' },
  { offers: ['a', 'b'], chosen: null },
  { offers: ['a,a,b', 'b'], chosen: 'b' },
  { offers: ['__proto__,toString', 'toString,__proto__'], chosen: '__proto__' },
])('$offers: $chosen', ({ offers, chosen }) => {
  expect(selectProtocol(members(...offers))).toBe(chosen)
})

test('nothing is common to nobody', () => {
  expect(commonProtocols([])).toEqual(new Set())
  expect(selectProtocol([])).toBeNull()
})

test('names, order and bytes make the same offer', () => {
  const offer = protocols({ a: '1', b: '2' })
  expect(sameProtocols(offer, protocols({ a: '1', b: '2' }))).toBe(true)
  expect(sameProtocols(offer, protocols({ b: '2', a: '1' }))).toBe(false)
  expect(sameProtocols(offer, protocols({ a: '1', b: 'x' }))).toBe(false)
  expect(sameProtocols(offer, protocols({ a: '1' }))).toBe(false)
  expect(sameProtocols(protocols({ a: '1' }), offer)).toBe(false)
})
