import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

/** A record that the broker has acknowledged, and where it said it lies. */
export interface Acknowledged {
  readonly offset: number
  readonly value: string
}

/** How many records kcat is given at once. */
const CHUNK = 500

export function hasKcat(): boolean {
  return spawnSync('kcat', ['-V']).status === 0
}

/** Sends numbers to partition 0 of a topic with kcat, until the promise resolves. */
export async function produceWithKcat(
  at: { readonly address: string; readonly topic: string },
  numbers: { next: number },
  gone: Promise<void>,
): Promise<readonly Acknowledged[]> {
  const options = ['acks=all', 'enable.idempotence=true', 'linger.ms=2', 'topic.produce.offset.report=true']
  const kcat = spawn(
    'kcat',
    ['-P', '-vvv', '-b', at.address, '-t', at.topic, '-p', '0', ...options.flatMap((option) => ['-X', option])],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  )
  const sent: string[] = []
  const acknowledged: Acknowledged[] = []
  // It says so of one record after the other, in the order in which they were sent.
  createInterface({ input: kcat.stderr }).on('line', (line) => {
    const offset = /^% Message delivered to partition 0 \(offset (\d+)\)/.exec(line)?.[1]
    const value = offset === undefined ? undefined : sent[acknowledged.length]
    if (offset !== undefined && value !== undefined) acknowledged.push({ offset: Number(offset), value })
  })
  const ended = once(kcat, 'close')
  const state = { isGone: false }
  void gone.then(() => {
    state.isGone = true
    kcat.kill('SIGKILL')
  })
  // It may end in the middle of a write; what of it was acknowledged is known by then.
  kcat.stdin.on('error', () => undefined)
  while (!state.isGone && kcat.stdin.writable) {
    const chunk = Array.from({ length: CHUNK }, () => String(numbers.next++))
    sent.push(...chunk)
    const taken = new Promise((resolve) => kcat.stdin.write(`${chunk.join('\n')}\n`, resolve))
    await Promise.race([taken, ended])
  }
  await gone
  await ended
  return acknowledged
}

/** What lies in partition 0 of a topic, by offset. */
export async function readWithKcat(at: {
  readonly address: string
  readonly topic: string
}): Promise<ReadonlyMap<number, string>> {
  const args = ['-C', '-e', '-q', '-b', at.address, '-t', at.topic, '-p', '0', '-o', 'beginning', '-f', '%o %s\n']
  const kcat = spawn('kcat', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = (await text(kcat.stdout)).split('\n').filter((line) => line !== '')
  return new Map(lines.map((line) => [Number(line.split(' ')[0]), line.split(' ')[1] ?? '']))
}
