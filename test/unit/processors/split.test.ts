import { expect, test } from 'vitest'
import { split } from '../../../processors/split/split.ts'
import { PROCESSOR_LIMITS } from '../../../processors/limits.ts'
import { createStep } from '../../support/step.ts'

test('each element becomes an event with the key, headers and time of the whole', async () => {
  const step = await createStep(split, 'value.items')
  const { outcome, children } = step({ value: { items: ['a', { b: 1 }] }, key: 'k', headers: { h: '1' }, time: 5 })
  expect(outcome).toBe('split')
  expect(children.map(({ value, key, headers, time }) => ({ value, key, headers, time }))).toEqual([
    { value: 'a', key: 'k', headers: { h: '1' }, time: 5 },
    { value: { b: 1 }, key: 'k', headers: { h: '1' }, time: 5 },
  ])
})

test('ids come from the whole and the place, so that a replay gives the same', async () => {
  const step = await createStep(split, 'value')
  const ids = (id: string): string[] => step({ value: [1, 1], id }).children.map((child) => child.id)
  expect(ids('x')).toEqual(ids('x'))
  expect(new Set([...ids('x'), ...ids('y')]).size).toBe(4)
})

test('an expression may carry parts of the whole into each', async () => {
  const step = await createStep(split, "value.items.map(i, {'id': i, 'image': value.image})")
  expect(step({ value: { items: [1], image: 'app' } }).children.map((child) => child.value)).toEqual([
    { id: 1, image: 'app' },
  ])
})

test('an empty list leaves none', async () => {
  expect((await createStep(split, 'value'))({ value: [] }).outcome).toBe('filtered')
})

test('what is no list fails, and so does a null, which would delete', async () => {
  const step = await createStep(split, 'value.items')
  expect(step({ value: { items: { a: 1 } } }).outcome).toBe('E_SPLIT')
  expect(step({ value: { items: null } }).outcome).toBe('E_SPLIT')
  expect(step({ value: { items: [1, null] } }).error!.message).toBe(
    'element 1 is null, and would delete what has its key',
  )
  expect(step({ value: {} }).outcome).toBe('E_FIELD_MISSING')
  expect(step({ value: null }).outcome).toBe('E_FIELD_MISSING')
})

test('the number of events is bounded', async () => {
  const limit = PROCESSOR_LIMITS.maxSplitEvents.default
  const step = await createStep(split, 'value')
  expect(step({ value: Array.from({ length: limit + 1 }, () => 1) }).outcome).toBe('E_SPLIT')
})
