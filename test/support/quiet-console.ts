import { afterEach, beforeEach, expect } from 'vitest'

/** A test that prints is a test that hides something: every write to the console fails it. */
const methods = ['log', 'info', 'warn', 'error', 'debug'] as const
let written: string[] = []

beforeEach(() => {
  written = []
  for (const method of methods) {
    // The console is the one global that tests replace: nothing in the product writes to it.
    globalThis.console[method] = (...values: unknown[]) => void written.push(values.map(String).join(' '))
  }
})

afterEach(() => {
  expect(written, 'written to the console').toEqual([])
})
