import { expect, test } from 'vitest'
import { PROCESSOR_LIMITS } from '../../../../processors/limits.ts'
import { readBundle } from '../../../../processors/policy/bundle.ts'
import { packInputs, unpackOutcomes } from '../../../../processors/policy/evaluation-batch.ts'
import { Evaluator } from '../../../../processors/policy/evaluator.ts'
import { compilePolicy } from '../../../../processors/policy/policy-module.ts'
import { BUNDLES, input } from './behaviour.ts'

async function evaluatorOf(rule: string): Promise<{ evaluator: Evaluator; begun: () => number }> {
  const entrypoint = `behaviour/${rule}`
  const module = await compilePolicy(await readBundle('behaviour.tar.gz', entrypoint, BUNDLES), entrypoint)
  const progress = new SharedArrayBuffer(4)
  const { compiled, initialPages, data, entrypoints } = module
  const evaluator = new Evaluator({
    module: compiled,
    initialPages,
    data,
    entrypoint: entrypoints.get(entrypoint)!,
    progress,
  })
  return { evaluator, begun: () => new Int32Array(progress)[0]! }
}

test('memory stays as it is over many evaluations', async () => {
  const { evaluator } = await evaluatorOf('verdict')
  const batch = packInputs(Array.from({ length: 2_000 }, () => input({ reasons: ['a', 'b'], pad: 'x'.repeat(1_000) })))
  evaluator.evaluate(batch)
  const before = evaluator.memoryBytes
  evaluator.evaluate(batch)
  expect(evaluator.memoryBytes).toBe(before)
})

test('an input that makes the memory large leaves none of it behind', async () => {
  const { evaluator } = await evaluatorOf('counts')
  const before = evaluator.memoryBytes
  const large = { bytes: Buffer.from(`{"list":[${'1,'.repeat(500_000)}1]}`), timeMs: 0 }
  const answers = unpackOutcomes(evaluator.evaluate(packInputs([large, input({ list: [] })])))
  expect(answers).toEqual([{ result: 500_001 }, { result: 0 }])
  expect(evaluator.memoryBytes).toBeLessThan(before + PROCESSOR_LIMITS.policyRecycleBytes.default)
})

test('every evaluation that begins is counted', async () => {
  const { evaluator, begun } = await evaluatorOf('conflict')
  evaluator.evaluate(packInputs([input({}), input({ one: true, two: true }), input({ two: true })]))
  expect(begun()).toBe(3)
})

test('failures in great number do not wear the evaluator out', async () => {
  // Each one leaves something on the stack of its instance, which is full after about 600.
  const { evaluator } = await evaluatorOf('conflict')
  const failing = packInputs(Array.from({ length: 1_500 }, () => input({ one: true, two: true })))
  const answers = unpackOutcomes(evaluator.evaluate(failing))
  const messages = new Set(answers.map((answer) => ('error' in answer ? answer.error.message : 'none')))
  expect([...messages]).toEqual([expect.stringContaining('conflict')])
  expect(unpackOutcomes(evaluator.evaluate(packInputs([input({ one: true })])))).toEqual([{ result: 1 }])
})
