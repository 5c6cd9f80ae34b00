import { expect, test } from 'vitest'
import { filter } from '../../../processors/filter/filter.ts'
import { createStep, refusalOf } from '../../support/step.ts'

test('events pass for which the condition holds', async () => {
  const step = await createStep(filter, 'value.severity_id >= 3')
  expect(step({ value: { severity_id: 3 } }).outcome).toBe('pass')
  expect(step({ value: { severity_id: 2 } }).outcome).toBe('filtered')
  expect(step({ value: {} }).outcome).toBe('E_FIELD_MISSING')
  expect(step({ value: { severity_id: 'high' } }).outcome).toBe('E_EXPRESSION_VALUE')
})

test('an event that passes is not changed', async () => {
  const step = await createStep(filter, 'true')
  expect(step({ bytes: 'not JSON' })).toMatchObject({ outcome: 'pass', event: { valueChanged: false } })
})

test('a deletion comes by as null', async () => {
  const step = await createStep(filter, 'value == null || value.severity_id >= 3')
  expect(step({ value: null }).outcome).toBe('pass')
  expect((await createStep(filter, 'value.severity_id >= 3'))({ value: null }).outcome).toBe('E_FIELD_MISSING')
})

test('a condition that is neither true nor false fails the event', async () => {
  expect((await createStep(filter, 'value.n'))({ value: { n: 1 } }).outcome).toBe('E_EXPRESSION_VALUE')
})

test.for(['', 5, null, ['true'], { when: 'true' }])('%j is no filter', (config) => {
  expect(refusalOf(filter, config)).not.toBe('')
})
