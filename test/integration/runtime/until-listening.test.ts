import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { untilListening } from '../../../pipelines/runtime/until-listening.ts'
import type { StoplogError } from '../../../schemas/stoplog-error.ts'
import { KeptLog } from '../../support/kept-log.ts'

/** A thread that runs these lines in the place of the broker. */
function startThread(lines: string): Worker {
  return new Worker(`const { parentPort } = require('node:worker_threads'); ${lines}`, { eval: true })
}

/** What was told about a thread that listens, then runs these lines and ends. */
async function toldOf(lines: string): Promise<readonly StoplogError[]> {
  const told: StoplogError[] = []
  const thread = startThread(
    `parentPort.postMessage({ type: 'listening', port: 1 }); parentPort.once('message', () => { ${lines} })`,
  )
  const ended = new Promise((resolve) => thread.once('exit', resolve))
  expect(await untilListening(thread, { logger: new KeptLog(), onFatal: (error) => told.push(error) })).toBe(1)
  thread.postMessage('go on')
  await ended
  return told
}

test('a broker thread that ends without a word before it listens is an error', async () => {
  const listening = untilListening(startThread('process.exit(3)'), { logger: new KeptLog(), onFatal: () => undefined })
  await expect(listening).rejects.toMatchObject({
    code: 'E_BUG',
    message: 'the thread of the broker has ended without a word (exit code 3)',
  })
})

test('one that ends without a word later is fatal', async () => {
  expect(await toldOf('process.exit(0)')).toMatchObject([{ code: 'E_BUG' }])
})

test.for([
  ['is thrown', `throw new Error('no more')`, 'no more'],
  ['is told', `parentPort.postMessage({ type: 'fatal', code: 'E_DISK', message: 'no disk' })`, 'no disk'],
] as const)('what %s before the end is told once', async ([, lines, message]) => {
  expect(await toldOf(lines)).toMatchObject([{ message }])
})

test('nothing is told of one that was closed', async () => {
  expect(await toldOf(`parentPort.postMessage({ type: 'closed' })`)).toEqual([])
})
