import { describe, expect, test } from 'vitest'
import { map } from '../../../processors/map/map.ts'
import { createStep, refusalOf, valueAfter } from '../../support/step.ts'

const finding = { id: 'f-1', severity: 'HIGH', image: { repo: 'app', tag: '1' }, score: null }

describe('an expression', () => {
  test('gives the new value', async () => {
    expect(await valueAfter(map, 'value.image', finding)).toEqual({ repo: 'app', tag: '1' })
    expect(await valueAfter(map, "{'sev': lower(value.severity)}", finding)).toEqual({ sev: 'high' })
  })

  test('sees a deletion as null, and may make one', async () => {
    const step = await createStep(map, "value == null ? {'deleted': true} : null")
    expect(step({ value: null }).event.value).toEqual({ deleted: true })
    expect(step({ value: finding }).event).toMatchObject({ value: null, valueChanged: true })
  })

  test('that gives nothing fails the event', async () => {
    expect((await createStep(map, 'value.?missing'))({ value: {} }).outcome).toBe('E_FIELD_MISSING')
  })
})

describe('fields', () => {
  const config = {
    id: 'value.id',
    image: { name: "value.image.repo + ':' + value.image.tag", digest: 'value.image.?digest' },
    sev: 'lower(value.severity)',
    score: 'value.score',
    version: 2,
    checked: true,
    note: null,
  }

  test('give the new value, each by its expression; empty optionals are left out', async () => {
    expect(await valueAfter(map, config, finding)).toEqual({
      id: 'f-1',
      image: { name: 'app:1' },
      sev: 'high',
      score: null,
      version: 2,
      checked: true,
      note: null,
    })
  })

  test('let a deletion pass', async () => {
    const { outcome, event } = (await createStep(map, config))({ value: null })
    expect([outcome, event.value, event.valueChanged]).toEqual(['pass', null, false])
  })

  test('with names of JavaScript are names like any other', async () => {
    expect(
      await valueAfter(map, { constructor: '1', toString: 'value.id', kind: "'k'", text: "'t'" }, finding),
    ).toEqual({
      constructor: 1,
      toString: 'f-1',
      kind: 'k',
      text: 't',
    })
  })
})

test('a failure leaves the event as it was', async () => {
  const { outcome, event } = (await createStep(map, { a: 'value.id', b: 'value.missing' }))({ value: finding })
  expect([outcome, event.value, event.valueChanged]).toEqual(['E_FIELD_MISSING', finding, false])
})

test.for([{}, { a: {} }, { a: ['value.x'] }, 5, null, ''])('%j is no map', (config) => {
  expect(refusalOf(map, config)).not.toBe('')
})
