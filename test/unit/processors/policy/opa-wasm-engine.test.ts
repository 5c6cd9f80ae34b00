import { Worker } from 'node:worker_threads'
import { afterAll, describe, expect, test } from 'vitest'
import { PROCESSOR_LIMITS } from '../../../../processors/limits.ts'
import { EngineFailure, type PolicyAnswer } from '../../../../processors/policy/policy-engine.ts'
import { spawnOpaWorker, type SpawnWorker } from '../../../../processors/policy/spawn-worker.ts'
import { ask, input, openEngine, sharedEngines } from './behaviour.ts'

const forever = new AbortController().signal

/** Long enough for any evaluation that ends, however busy the machine. */
const HANG_MS = 400

/** Counts the workers that an engine uses up. */
function countingSpawn(): { readonly spawn: SpawnWorker; readonly workers: Worker[] } {
  const workers: Worker[] = []
  const spawn: SpawnWorker = (start) => {
    const worker = spawnOpaWorker(start)
    workers.push(worker)
    return worker
  }
  return { spawn, workers }
}

const engines = sharedEngines()
afterAll(() => engines.close())

function codeOf(answer: PolicyAnswer | undefined): string | undefined {
  return answer !== undefined && 'error' in answer ? answer.error.code : undefined
}

describe('answers', () => {
  test('stand in the order of the inputs', async () => {
    const engine = await engines.of('echo')
    const values = Array.from({ length: 2_500 }, (_, index) => ({ n: index }))
    const answers = await ask(engine, ...values)
    expect(answers).toEqual(values.map((value) => ({ result: { input: value, type: 'object' } })))
  })

  test.for([
    [0, 'number'],
    [false, 'boolean'],
    ['', 'string'],
    [null, 'null'],
    [[], 'array'],
    [{}, 'object'],
  ] as const)('%j is an input, not the absence of one', async ([value, type]) => {
    const engine = await engines.of('echo')
    expect(await ask(engine, value)).toEqual([{ result: { input: value, type } }])
  })

  test('no rule, no result', async () => {
    const engine = await engines.of('never')
    expect(await ask(engine, {})).toEqual([{ undefined: true }])
  })

  test('no inputs, no answers and no worker', async () => {
    const { spawn, workers } = countingSpawn()
    const engine = await openEngine('echo', { spawn })
    expect(await engine.evaluate([], forever)).toEqual([])
    expect(workers).toEqual([])
  })

  test('now is the time of the event', async () => {
    const engine = await engines.of('now')
    const answers = await engine.evaluate([input({}, 1_700_000_000_123), input({}, 0), input({}, -1)], forever)
    expect(answers).toEqual([
      { result: { text: '2023-11-14T22:13:20.123Z', ns: '1700000000123000000' } },
      { result: { text: '1970-01-01T00:00:00Z', ns: '0' } },
      { result: { text: '1969-12-31T23:59:59.999Z', ns: '-1000000' } },
    ])
  })

  test('a set is a list in the order of OPA', async () => {
    const engine = await engines.of('set')
    expect(await ask(engine, {})).toEqual([{ result: [1, 2, 3, 'a', 'b'] }])
  })

  test('values inside of sprintf are printed as OPA prints them', async () => {
    const engine = await engines.of('objects')
    expect(await ask(engine, [{ k: 'ü' }])).toEqual([{ result: '{"a": {1, 2}, "b": 1} [{"k": "ü"}]' }])
  })

  test('the data of the bundle is there', async () => {
    expect(await ask(await engines.of('from_data'), {})).toEqual([{ result: 10 }])
  })

  test('a builtin that fails makes its expression undefined', async () => {
    const engine = await engines.of('failing_builtin')
    expect(await ask(engine, { time: 'yesterday' }, { time: 5 }, { time: '2024-01-01T00:00:00Z' })).toEqual([
      { result: { undefined: true } },
      { result: { undefined: true } },
      { result: { undefined: false } },
    ])
  })

  test('names like those of prototypes are names', async () => {
    const engine = await engines.of('echo')
    const text = '{"__proto__":{"a":1},"constructor":2,"toString":null}'
    const [answer] = await engine.evaluate([{ bytes: Buffer.from(text), timeMs: 0 }], forever)
    expect(JSON.stringify(answer)).toContain('"__proto__":{"a":1}')
  })
})

describe('numbers', () => {
  test('an integer that would be rounded is an error', async () => {
    const [answer] = await ask(await engines.of('big'), {})
    expect(answer).toMatchObject({ error: { code: 'E_POLICY_RESULT' } })
    expect(JSON.stringify(answer)).toContain('9007199254740993')
  })

  test('a large integer that a double carries is none', async () => {
    expect(await ask(await engines.of('exact'), {})).toEqual([{ result: 1_700_000_000_000_000_000 }])
  })
})

describe('failures of one input', () => {
  test('rules that contradict each other', async () => {
    const engine = await engines.of('conflict')
    const answers = await ask(engine, { one: true }, { one: true, two: true }, { two: true })
    expect(answers).toEqual([
      { result: 1 },
      { error: { code: 'E_POLICY_EVALUATION', message: expect.stringContaining('conflict') as string } },
      { result: 2 },
    ])
  })

  test('asking for memory without end', async () => {
    const engine = await engines.of('allocate')
    const answers = await ask(engine, {}, { allocate: true }, {})
    expect(answers[0]).toEqual({ result: 0 })
    expect(codeOf(answers[1])).toBe('E_POLICY_MEMORY')
    expect(answers[2]).toEqual({ result: 0 })
  })

  test('an input of 20 MB', async () => {
    const engine = await engines.of('counts')
    const list = Array.from({ length: 20 * 1024 }, () => 'x'.repeat(1000))
    const answers = await ask(engine, { list: [1] }, { list }, { list: [1, 2] })
    expect(answers[0]).toEqual({ result: 1 })
    expect(codeOf(answers[1])).toBe('E_POLICY_INPUT')
    expect(answers[2]).toEqual({ result: 2 })
  })

  test('the largest input that is allowed', async () => {
    const engine = await engines.of('counts')
    const frame = '{"list":[""]}'.length
    const value = { list: ['x'.repeat(PROCESSOR_LIMITS.policyInputBytes.default - frame)] }
    expect(await ask(engine, value, { list: [] })).toEqual([{ result: 1 }, { result: 0 }])
  })

  test('the largest input, and in the memory of wasm a hundred times as large', async () => {
    const engine = await engines.of('counts')
    const count = Math.floor((PROCESSOR_LIMITS.policyInputBytes.default - 20) / 2)
    const bytes = Buffer.from(`{"list":[${'1,'.repeat(count)}1]}`)
    expect(await engine.evaluate([{ bytes, timeMs: 0 }, input({ list: [] })], forever)).toEqual([
      { result: count + 1 },
      { result: 0 },
    ])
  })

  test.for([
    [499, 'result'],
    [500, 'E_POLICY_INPUT'],
    [200_000, 'E_POLICY_INPUT'],
  ] as const)('%i lists within each other, in a map: %s', async ([depth, expected]) => {
    const engine = await engines.of('counts')
    const bytes = Buffer.from(`{"list":${'['.repeat(depth)}${']'.repeat(depth)}, "text": "${'x'.repeat(2000)}"}`)
    const answers = await engine.evaluate([{ bytes, timeMs: 0 }, input({ list: [] })], forever)
    expect(codeOf(answers[0]) ?? 'result').toBe(expected)
    expect(answers[1]).toEqual({ result: 0 })
  })

  test('a result that is too long', async () => {
    const engine = await engines.of('long')
    const answers = await ask(engine, { long: true }, {})
    expect(codeOf(answers[0])).toBe('E_POLICY_RESULT')
    expect(answers[1]).toEqual({ result: 'short' })
  })

  test('a text that a builtin would make too long is undefined', async () => {
    expect(await ask(await engines.of('wide'), {})).toEqual([{ undefined: true }])
  })

  test.for(['', '{"a":', 'nul', '"\u0001"', String.raw`"\ud800"`, '\ufeff{}'])(
    'input that OPA cannot read is an error, not the absence of input: %j',
    async (text) => {
      const engine = await engines.of('echo')
      const answers = await engine.evaluate([{ bytes: Buffer.from(text), timeMs: 0 }, input(1)], forever)
      expect(codeOf(answers[0])).toBe('E_POLICY_EVALUATION')
      expect(answers[1]).toEqual({ result: { input: 1, type: 'number' } })
    },
  )

  test('bytes that are no UTF-8', async () => {
    const engine = await engines.of('echo')
    const answers = await engine.evaluate([{ bytes: Uint8Array.of(0x22, 0xff, 0xfe, 0x22), timeMs: 0 }], forever)
    expect(codeOf(answers[0])).toBe('E_POLICY_EVALUATION')
  })
})

describe('a policy that does not end', () => {
  test('is named, and the worker is replaced', async () => {
    const { spawn, workers } = countingSpawn()
    const engine = await openEngine('loop', { timeoutMs: HANG_MS, spawn })
    const failure = await ask(engine, {}, {}, { loop: true }, {}).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(EngineFailure)
    expect(failure).toMatchObject({ reason: 'timeout', index: 2 })
    // Ended twice: it is tried a second time, alone, before it counts.
    expect(workers).toHaveLength(2)
    expect(await ask(engine, {}, {})).toEqual([{ result: false }, { result: false }])
    expect(workers).toHaveLength(3)
  })

  test('ends when nobody wants the answer any more', async () => {
    const engine = await openEngine('loop', { timeoutMs: 60_000 })
    expect(await ask(engine, {})).toEqual([{ result: false }])
    const stop = new AbortController()
    const answer = engine.evaluate([input({ loop: true })], stop.signal)
    stop.abort(new Error('the node stops'))
    await expect(answer).rejects.toThrow('the node stops')
    expect(await ask(engine, {})).toEqual([{ result: false }])
  })

  test('ends when the engine is closed', async () => {
    const engine = await openEngine('loop', { timeoutMs: 60_000 })
    expect(await ask(engine, {})).toEqual([{ result: false }])
    const answer = ask(engine, { loop: true })
    await Promise.all([expect(answer).rejects.toThrow('closed'), engine.close()])
    await expect(ask(engine, {})).rejects.toThrow('closed')
  })
})

describe('a worker that dies', () => {
  test('is replaced, and what it was given is evaluated again', async () => {
    const { spawn, workers } = countingSpawn()
    const engine = await openEngine('echo', { spawn })
    await ask(engine, 1)
    await workers[0]!.terminate()
    expect(await ask(engine, 1, 2)).toEqual([
      { result: { input: 1, type: 'number' } },
      { result: { input: 2, type: 'number' } },
    ])
    expect(workers).toHaveLength(2)
  })

  test('twice at the same input, is an error that names it', async () => {
    const program = `
      const { parentPort, workerData } = require('node:worker_threads')
      const progress = new Int32Array(workerData.progress)
      parentPort.on('message', ({ times }) => {
        for (const time of times) {
          Atomics.add(progress, 0, 1)
          if (time === 1) process.exit(7)
        }
      })
      parentPort.postMessage({ type: 'ready' })`
    const spawn: SpawnWorker = (start) => new Worker(program, { eval: true, workerData: { progress: start.progress } })
    const engine = await openEngine('echo', { spawn })
    const failure = await engine
      .evaluate([input(0, 0), input(0, 0), input(0, 1)], forever)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ name: 'EngineFailure', reason: 'died', index: 2 })
    expect(String(failure)).toContain('7')
  })

  test('before it is ready, is an error that may pass', async () => {
    const spawn: SpawnWorker = () => new Worker('process.exit(3)', { eval: true })
    const engine = await openEngine('echo', { spawn })
    await expect(ask(engine, 1)).rejects.toMatchObject({ code: 'E_POLICY_WORKER', retryable: true })
  })
})

test('two batches at once are evaluated one after the other', async () => {
  const { spawn, workers } = countingSpawn()
  const engine = await openEngine('allow', { spawn })
  const answers = await Promise.all([ask(engine, { allow: 1 }), ask(engine, { allow: 2 }), ask(engine, { allow: 3 })])
  expect(answers).toEqual([[{ result: 1 }], [{ result: 2 }], [{ result: 3 }]])
  expect(workers).toHaveLength(1)
})

test('the engine says what it runs', async () => {
  const { info } = await openEngine('allow')
  expect(info.revision).toBe('r1')
  expect(info.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(info.entrypoints).toContain('behaviour/verdict')
})
