import { describe, expect, test } from 'vitest'
import type { Event } from '../../../../schemas/event.ts'
import type { Json, JsonObject } from '../../../../schemas/json.ts'
import { parseMask } from '../../../../processors/policy/mask.ts'
import { EngineFailure, type PolicyEngine, type PolicyInput } from '../../../../processors/policy/policy-engine.ts'
import { createProcessorContext, type ProcessorTestContext } from '../../../../processors/testing/processor-context.ts'
import { PolicyStep, type PolicyStepOptions } from '../../../../processors/policy/policy-step.ts'
import { createEvent } from '../../../support/event.ts'

/** Allows everything, but gets stuck at inputs that hold the word `stuck`, or is broken as a whole. */
class WordEngine implements PolicyEngine {
  readonly info = { revision: 'r1', digest: 'sha256:0', entrypoints: ['gate/allow'] }
  readonly evaluated: string[] = []
  readonly #reason: 'timeout' | 'died' | 'broken'

  constructor(reason: 'timeout' | 'died' | 'broken') {
    this.#reason = reason
  }

  async evaluate(inputs: readonly PolicyInput[]): Promise<readonly { readonly result: boolean }[]> {
    const texts = inputs.map(({ bytes }) => Buffer.from(bytes).toString())
    // The last one is found first: an engine need not find them in order.
    const index = texts.findLastIndex((text) => text.includes('stuck'))
    if (this.#reason === 'broken') throw new Error('no memory for a thread')
    if (index >= 0) throw new EngineFailure(this.#reason, index, 'it took too long')
    this.evaluated.push(...texts)
    return texts.map(() => ({ result: true }))
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }
}

function stepOn(
  engine: PolicyEngine,
  changes: Partial<PolicyStepOptions> = {},
): { readonly step: PolicyStep; readonly context: ProcessorTestContext } {
  const context = createProcessorContext()
  const options = {
    entrypoint: 'gate/allow',
    bundleName: 'gate',
    as: 'verdict',
    onPolicyError: 'deny',
    input: undefined,
    masks: [],
    result: 'verdict',
    ...changes,
  } as const
  return {
    step: new PolicyStep(options, context, { current: async () => engine, close: () => engine.close() }),
    context,
  }
}

const forever = new AbortController().signal

function batchOf(...texts: readonly string[]): ReturnType<typeof createEvent>[] {
  return texts.map((text, offset) => createEvent({ offset, value: text === 'list' ? [text] : { text } }))
}

describe('an engine that gets stuck', () => {
  test.for([
    ['timeout', 'E_POLICY_TIMEOUT'],
    ['died', 'E_POLICY_WORKER'],
  ] as const)('%s: the node stops before the first such event', async ([reason, code]) => {
    const engine = new WordEngine(reason)
    const { step, context } = stepOn(engine)
    const batch = batchOf('a', 'list', 'b', 'stuck', 'c', 'list', 'stuck')
    const outcomes = await step.batch(batch, forever)
    expect(outcomes.slice(0, 3)).toMatchObject(['pass', { failed: { code: 'E_FIELD_TYPE' } }, 'pass'])
    expect(outcomes.slice(3)).toMatchObject(
      Array.from({ length: 4 }, () => ({ stop: { code, where: 'pipeline.scans-0-3' } })),
    )
    expect(context.decided).toHaveLength(2)
    expect(batch.map(({ valueChanged }) => valueChanged)).toEqual([true, false, true, false, false, false, false])
  })

  test('at the first event, decides nothing', async () => {
    const { step, context } = stepOn(new WordEngine('timeout'))
    expect(await step.batch(batchOf('stuck', 'a'), forever)).toMatchObject([{ stop: {} }, { stop: {} }])
    expect(context.decided).toEqual([])
  })
})

test('an engine that is broken rejects the batch, and nothing is decided', async () => {
  const { step, context } = stepOn(new WordEngine('broken'))
  const batch = batchOf('a', 'b')
  await expect(step.batch(batch, forever)).rejects.toThrow('no memory for a thread')
  expect(context.decided).toEqual([])
  expect(batch.some(({ valueChanged }) => valueChanged)).toBe(false)
})

test('a batch of deletions needs no answers', async () => {
  const engine = new WordEngine('timeout')
  const { step } = stepOn(engine)
  expect(await step.batch([createEvent({ value: null })], forever)).toEqual(['pass'])
  expect(engine.evaluated).toEqual([])
})

describe('a value nested too deeply', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const masks = [parseMask('/input/token')]

  test.for([
    [499, undefined],
    [500, 'E_VALUE_DEPTH'],
    [200_000, 'E_VALUE_DEPTH'],
  ] as const)('%i lists in a map', async ([depth, code]) => {
    const { step } = stepOn(new WordEngine('timeout'), { masks })
    const bytes = `{"token":"s3cret","pad":"${'x'.repeat(2_000)}","deep":${deep(depth)}}`
    const changed = createEvent({ offset: 1, bytes })
    changed.value = { ...(changed.value as JsonObject), more: 1 }
    const [stored, assigned, other] = await step.batch([createEvent({ bytes }), changed, ...batchOf('a')], forever)
    for (const outcome of [stored, assigned]) {
      expect(typeof outcome === 'object' && 'failed' in outcome ? outcome.failed.code : undefined).toBe(code)
    }
    expect(other).toBe('pass')
  })

  test('fails alone when it is what `input:` makes', async () => {
    const project = (event: Event): Json => (event.offset === 0 ? (JSON.parse(deep(100_000)) as Json) : 1)
    const { step } = stepOn(new WordEngine('timeout'), { input: project })
    expect(await step.batch(batchOf('a', 'b'), forever)).toMatchObject([{ failed: { code: 'E_VALUE_DEPTH' } }, 'pass'])
  })
})
