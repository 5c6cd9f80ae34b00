import { createHash } from 'node:crypto'
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { WorkingEvent } from '../../../../schemas/event.ts'
import { isJsonObject, type Json, type JsonObject } from '../../../../schemas/json.ts'
import { PROCESSOR_LIMITS } from '../../../../processors/limits.ts'
import { createProcessorContext, type ProcessorTestContext } from '../../../../processors/testing/processor-context.ts'
import { readBundle } from '../../../../processors/policy/bundle.ts'
import { policy } from '../../../../processors/policy/policy.ts'
import type { BatchProcessor, StepOutcome } from '../../../../processors/processor.ts'
import { createEvent, type EventFields } from '../../../support/event.ts'
import { ManualClock } from '../../../../connectors/testing/manual-clock.ts'
import { temporaryFolder } from '../../../support/connector-context.ts'
import { BUNDLES } from './behaviour.ts'
import { systemClock } from './system-clock.ts'

const { config } = policy.definition
const forever = new AbortController().signal
const RELOAD_MS = PROCESSOR_LIMITS.policyReloadMs.default

interface OpenStep {
  readonly step: BatchProcessor
  readonly context: ProcessorTestContext
}

/** Steps on one clock share the worker of a rule as long as one of them is open. */
const clock = new ManualClock()
const opened: BatchProcessor[] = []
afterAll(async () => {
  for (const step of opened) await step.close?.()
})

/** A step as the runtime makes it from the document, with a real worker. */
async function openStep(
  options: JsonObject,
  context: ProcessorTestContext = createProcessorContext({ baseDir: BUNDLES, clock }),
): Promise<OpenStep> {
  const parsed = config.parse({
    bundle: 'behaviour.tar.gz',
    entrypoint: 'behaviour/verdict',
    on_policy_error: 'deny',
    ...options,
  })
  const step = await policy.definition.create(parsed, context)
  if (!('batch' in step)) throw new Error('a policy takes batches')
  opened.push(step)
  return { step, context }
}

function events(...values: readonly Json[]): WorkingEvent[] {
  return values.map((value, offset) => createEvent({ topic: 'security-scan.scans', partition: 2, offset, value }))
}

function fieldOf(event: WorkingEvent | undefined, name = 'verdict'): Json {
  return isJsonObject(event?.value ?? null) ? ((event!.value as JsonObject)[name] ?? null) : null
}

function codeOf(outcome: StepOutcome | undefined): string | undefined {
  return typeof outcome === 'object' && 'failed' in outcome ? outcome.failed.code : undefined
}

describe('config', () => {
  const minimal = { bundle: 'gate.tar.gz', entrypoint: 'gate/verdict', on_policy_error: 'deny' }

  test('defaults', () => {
    expect(config.parse(minimal)).toEqual({ ...minimal, as: 'verdict', mask: [], result: 'verdict', timeout: 5_000 })
  })

  test.for<readonly [name: string, options: JsonObject]>([
    ['on_policy_error is left out', { on_policy_error: null }],
    ['on_policy_error is another word', { on_policy_error: 'ignore' }],
    ['the bundle is empty', { bundle: '' }],
    ['the entrypoint begins with a slash', { entrypoint: '/gate' }],
    ['the entrypoint has spaces', { entrypoint: 'gate verdict' }],
    ['the field has a dot', { as: 'a.b' }],
    ['a mask is no pointer', { mask: ['token'] }],
    ['the time is without a unit', { timeout: 100 }],
    ['the time is zero', { timeout: '0s' }],
    ['a key is unknown', { entry_point: 'x' }],
  ])('is refused when %s', ([, options]) => {
    expect(config.safeParse({ ...minimal, ...options }).success).toBe(false)
  })

  test('tables are announced, not ignored', () => {
    const { error } = config.safeParse({ ...minimal, data: { kev: 'exploited' } })
    expect(z.prettifyError(error!)).toContain('tables cannot be lent to a policy yet')
  })

  test('a check at load finds what is wrong with the bundle', async () => {
    const check = (options: JsonObject): Promise<void> | undefined =>
      policy.definition.check?.(config.parse({ ...minimal, ...options }), { baseDir: BUNDLES })
    await expect(check({})).rejects.toMatchObject({ code: 'E_POLICY_BUNDLE' })
    await expect(check({ bundle: 'behaviour.tar.gz' })).rejects.toMatchObject({ code: 'E_POLICY_ENTRYPOINT' })
    await expect(check({ bundle: 'behaviour.tar.gz', entrypoint: 'behaviour/allow' })).resolves.toBeUndefined()
  })
})

describe('verdicts', () => {
  test('stand in the field, with reasons, id and revision', async () => {
    const { step } = await openStep({})
    const [good, bad] = events({ reasons: [] }, { reasons: ['b', 'a'], extra: 1 })
    expect(await step.batch([good!, bad!], forever)).toEqual(['pass', 'pass'])
    expect(good!.value).toEqual({
      reasons: [],
      verdict: {
        allow: true,
        reasons: [],
        decision_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        revision: 'r1',
      },
    })
    expect(bad!.value).toMatchObject({ extra: 1, verdict: { allow: false, reasons: ['a', 'b'] } })
  })

  test('take the place of what an event claims', async () => {
    const { step } = await openStep({ as: 'gate' })
    const [event] = events({ reasons: ['bad'], gate: { allow: true } })
    await step.batch([event!], forever)
    expect(fieldOf(event, 'gate')).toMatchObject({ allow: false })
  })

  test('are those of the value as the steps before have left it', async () => {
    const { step } = await openStep({})
    const [event] = events({ reasons: [] })
    event!.value = { reasons: ['changed'] }
    await step.batch([event!], forever)
    expect(fieldOf(event)).toMatchObject({ allow: false, reasons: ['changed'] })
  })

  test('see what `input:` projects', async () => {
    const { step } = await openStep({
      entrypoint: 'behaviour/echo',
      result: 'object',
      input: '{"n": value.n, "key": key}',
    })
    const [event, broken] = events({ n: 1 }, { other: 2 })
    const outcomes = await step.batch([event!, broken!], forever)
    expect(fieldOf(event)).toEqual({ input: { n: 1, key: 'key-1' }, type: 'object' })
    expect(codeOf(outcomes[1])).toBe('E_FIELD_MISSING')
  })

  test('are whatever the rule gives with result: object', async () => {
    const { step, context } = await openStep({ entrypoint: 'behaviour/set', result: 'object', as: 'found' })
    const [event] = events({})
    await step.batch([event!], forever)
    expect(fieldOf(event, 'found')).toEqual([1, 2, 3, 'a', 'b'])
    expect(context.decided[0]!.value).toMatchObject({ effect: 'object', result: [1, 2, 3, 'a', 'b'] })
  })

  test('a bundle without a revision is named by its digest', async () => {
    const folder = temporaryFolder()
    const { step } = await openStep(
      { bundle: await writeWasm(folder), entrypoint: 'behaviour/allow' },
      createProcessorContext({ baseDir: folder, clock }),
    )
    const [event] = events({ allow: true })
    await step.batch([event!], forever)
    expect(fieldOf(event)).toMatchObject({ allow: true, revision: expect.stringMatching(/^sha256:/) as string })
  })
})

describe('events that cannot be judged', () => {
  test('a deletion passes without a verdict and without a decision', async () => {
    const { step, context } = await openStep({})
    const event = createEvent({ value: null })
    expect(await step.batch([event], forever)).toEqual(['pass'])
    expect([event.value, context.decided.length]).toEqual([null, 0])
  })

  test.for([[[1]], ['text'], [5], [true]])('the value %j has no room for a verdict', async ([value]) => {
    const { step, context } = await openStep({})
    const outcomes = await step.batch(events(value!, { reasons: [] }), forever)
    expect(outcomes.map(codeOf)).toEqual(['E_FIELD_TYPE', undefined])
    expect(context.decided).toHaveLength(1)
  })

  test('bytes that are no JSON fail alone', async () => {
    const { step } = await openStep({})
    const outcomes = await step.batch([createEvent({ bytes: '{"a":' }), ...events({ reasons: [] })], forever)
    expect(outcomes.map(codeOf)).toEqual(['E_VALUE_JSON', undefined])
  })
})

describe('on_policy_error', () => {
  const causes = [
    ['behaviour/never', {}, 'E_POLICY_UNDEFINED'],
    ['behaviour/conflict', { one: true, two: true }, 'E_POLICY_EVALUATION'],
    ['behaviour/now', {}, 'E_POLICY_RESULT'],
    ['behaviour/big', {}, 'E_POLICY_RESULT'],
    ['behaviour/counts', { list: 'x'.repeat(2 ** 20) }, 'E_POLICY_INPUT'],
  ] as const

  test.for(causes)('deny: %s', async ([entrypoint, value, code]) => {
    const { step, context } = await openStep({ entrypoint })
    const [event] = events(value)
    expect(await step.batch([event!], forever)).toEqual(['pass'])
    expect(fieldOf(event)).toMatchObject({ allow: false, reasons: [], error: { code } })
    expect(context.decided[0]!.value).toMatchObject({ effect: 'deny', error: { code } })
  })

  test('allow', async () => {
    const { step, context } = await openStep({ entrypoint: 'behaviour/never', on_policy_error: 'allow' })
    const [event] = events({})
    await step.batch([event!], forever)
    expect(fieldOf(event)).toMatchObject({ allow: true, error: { code: 'E_POLICY_UNDEFINED' } })
    expect(context.decided[0]!.value).toMatchObject({ effect: 'allow', error: { code: 'E_POLICY_UNDEFINED' } })
  })

  test('dead_letter: the decision is recorded all the same, and the event stays as it was', async () => {
    const { step, context } = await openStep({
      entrypoint: 'behaviour/conflict',
      on_policy_error: 'dead_letter',
      result: 'object',
    })
    const [bad, good] = events({ one: true, two: true }, { one: true })
    const outcomes = await step.batch([bad!, good!], forever)
    expect(outcomes.map(codeOf)).toEqual(['E_POLICY_EVALUATION', undefined])
    expect(bad!.valueChanged).toBe(false)
    expect(context.decided.map(({ value }) => (value as JsonObject)['effect'])).toEqual(['dead_letter', 'object'])
  })

  test('with result: object, the field of a failed evaluation is a verdict', async () => {
    const { step } = await openStep({ entrypoint: 'behaviour/never', result: 'object' })
    const [event] = events({})
    await step.batch([event!], forever)
    expect(fieldOf(event)).toMatchObject({ allow: false, error: { code: 'E_POLICY_UNDEFINED' } })
  })
})

describe('decisions', () => {
  const EVENT: EventFields = {
    topic: 'security-scan.scans',
    partition: 3,
    offset: 42,
    id: 'id-1',
    time: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  }

  test('are records of the shape of OPA, without the input', async () => {
    const { step, context } = await openStep({})
    const bytes = '{"reasons": ["bad"], "token": "s3cret"}'
    const event = createEvent({ ...EVENT, bytes })
    await step.batch([event], forever)
    const [record] = context.decided
    const id = (fieldOf(event) as JsonObject)['decision_id']
    expect(record).toEqual({
      key: id,
      time: EVENT.time,
      headers: { schema_version: '1' },
      value: {
        decision_id: id,
        timestamp: '2026-01-02T03:04:05.006Z',
        labels: { pipeline: 'pipeline', node: 'node' },
        bundles: { behaviour: { revision: 'r1', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string } },
        path: 'behaviour/verdict',
        event: { topic: 'security-scan.scans', partition: 3, offset: 42, id: 'id-1' },
        input_digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
        result: { allow: false, reasons: ['bad'] },
        effect: 'deny',
      },
    })
    expect(JSON.stringify(context.decided)).not.toContain('s3cret')
    expect(context.counted).toEqual(new Map([['stoplog_policy_decisions_total', 1]]))
  })

  test('have an id that is the same on every replay, and another for every event', async () => {
    const ids: Json[] = []
    for (const options of [{}, {}, { entrypoint: 'behaviour/allow' }]) {
      const { step } = await openStep(options)
      const others = [{ offset: 43 }, { partition: 4 }, { topic: 'other' }, { id: 'id-2' }]
      const batch = [EVENT, ...others.map((other) => ({ ...EVENT, ...other }))].map((fields) =>
        createEvent({ ...fields, value: { reasons: [], allow: true } }),
      )
      await step.batch(batch, forever)
      ids.push(batch.map((event) => (fieldOf(event) as JsonObject)['decision_id'] ?? null))
    }
    const [first, replay, otherRule] = ids
    expect(replay).toEqual(first)
    expect(new Set([first, otherRule].flat()).size).toBe(10)
  })

  test('mask what they must not show, and the digest does not betray it', async () => {
    const mask = ['/input/token', '/result/reasons', '/input/absent']
    const { step, context } = await openStep({ mask })
    const [one, other] = events({ reasons: ['s3cret'], token: 'a' }, { reasons: ['s3cret'], token: 'b' })
    await step.batch([one!, other!], forever)
    const [first, second] = context.decided.map(({ value }) => value as JsonObject)
    expect(first).toMatchObject({ result: { allow: false }, erased: ['/input/token', '/result/reasons'] })
    expect(second!['input_digest']).toBe(first!['input_digest'])
    expect(JSON.stringify(context.decided)).not.toContain('s3cret')
    expect(fieldOf(one)).toMatchObject({ reasons: ['s3cret'] })
  })

  test('of a time that no calendar has', async () => {
    const { step, context } = await openStep({})
    await step.batch([createEvent({ ...EVENT, time: 9e15, value: { reasons: [] } })], forever)
    expect(context.decided[0]!.value).toMatchObject({ timestamp: 9e15, effect: 'allow' })
  })
})

describe('a policy without end', () => {
  test('stops the node before the event, and what was before it is decided', async () => {
    const { step, context } = await openStep(
      { entrypoint: 'behaviour/loop', timeout: '300ms', result: 'object' },
      createProcessorContext({ baseDir: BUNDLES, clock: systemClock }),
    )
    const batch = events({}, { loop: true }, {})
    const [first, ...others] = await step.batch(batch, forever)
    expect(first).toBe('pass')
    for (const outcome of others) {
      expect(outcome).toMatchObject({
        stop: {
          code: 'E_POLICY_TIMEOUT',
          where: 'security-scan.scans-2-1',
          message: expect.stringMatching(/event security-scan\.scans-2-1 \(input sha256:[0-9a-f]{64}\)/) as string,
        },
      })
    }
    expect(context.decided).toHaveLength(1)
    expect(batch.map(({ valueChanged }) => valueChanged)).toEqual([true, false, false])
    expect(await step.batch(events({}), forever)).toEqual(['pass'])
  })
})

describe('a bundle whose file changes', () => {
  async function reloading(): Promise<
    OpenStep & { path: string; clock: ManualClock; judge: () => Promise<JsonObject> }
  > {
    const folder = temporaryFolder()
    const path = join(folder, 'gate.tar.gz')
    await copyFile(join(BUNDLES, 'behaviour.tar.gz'), path)
    const clock = new ManualClock()
    const opened = await openStep(
      { bundle: './gate.tar.gz', entrypoint: 'behaviour/allow' },
      createProcessorContext({ baseDir: folder, clock }),
    )
    const judge = async (): Promise<JsonObject> => {
      const [event] = events({ allow: true })
      await opened.step.batch([event!], forever)
      return fieldOf(event) as JsonObject
    }
    return { ...opened, path, clock, judge }
  }

  test('decides from the next batch on', async () => {
    const { path, clock, judge, context } = await reloading()
    expect(await judge()).toMatchObject({ revision: 'r1' })
    await writeFile(path, await readFile(join(BUNDLES, 'behaviour-r2.tar.gz')))
    expect(await judge()).toMatchObject({ revision: 'r1' })
    await clock.pass(RELOAD_MS)
    expect(await judge()).toMatchObject({ revision: 'r2' })
    expect(context.logged).toMatchObject([
      { level: 'info', message: 'policy bundle replaced', fields: { revision: 'r2' } },
    ])
  })

  test.for(['truncated', 'gone'])('stays the last good one while the file is %s', async (how) => {
    const { path, clock, judge, context } = await reloading()
    expect(await judge()).toMatchObject({ revision: 'r1' })
    if (how === 'gone') await rm(path)
    else await writeFile(path, 'no bundle')
    await clock.pass(RELOAD_MS)
    expect(await judge()).toMatchObject({ allow: true, revision: 'r1' })
    await clock.pass(RELOAD_MS)
    expect(await judge()).toMatchObject({ allow: true, revision: 'r1' })
    expect(context.logged).toMatchObject([
      {
        level: 'warn',
        message: expect.stringContaining('the last good one stays') as string,
        fields: { code: 'E_POLICY_BUNDLE' },
      },
    ])
    expect(context.counted.get('stoplog_policy_reload_failures_total')).toBe(1)
    await copyFile(join(BUNDLES, 'behaviour-r2.tar.gz'), path)
    await clock.pass(RELOAD_MS)
    expect(await judge()).toMatchObject({ allow: true, revision: 'r2' })
  })

  test('with the same content stays as it is', async () => {
    const { path, clock, judge, context } = await reloading()
    await judge()
    await writeFile(path, await readFile(path))
    await clock.pass(RELOAD_MS)
    await judge()
    expect(context.logged).toEqual([])
  })
})

/** The module of behaviour.rego alone, without a manifest. */
async function writeWasm(folder: string): Promise<string> {
  const { wasm } = await readBundle('behaviour.tar.gz', 'behaviour/allow', BUNDLES)
  await writeFile(join(folder, 'policy.wasm'), wasm)
  return './policy.wasm'
}
