import assert from 'node:assert/strict'

/** One promise of a contract. Any test runner can run it: `for (const each of cases) test(each.name, each.run)`. */
export interface ContractCase {
  readonly name: string
  /** Rejects with an AssertionError when the promise is not kept. */
  readonly run: () => Promise<void>
}

/** Turns of the event loop until something counts as stuck; there is no clock to ask. */
const MAX_TURNS = 100_000

/** Resolves with what `work` gives, or rejects when it is still at it after many turns of the event loop. */
export async function inTime<T>(work: Promise<T>, what: string): Promise<T> {
  const state = { settled: false }
  const watched = work.finally(() => {
    state.settled = true
  })
  // What it rejects with is reported below.
  watched.catch(() => {})
  for (let turn = 0; turn < MAX_TURNS && !state.settled; turn += 1) await nextTurn()
  assert.ok(state.settled, `${what} does not come to an end`)
  return await watched
}

export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
