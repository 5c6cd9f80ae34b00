import { inspect } from 'node:util'
import type { Clock, LogFields, Logger } from '../../schemas/runtime.ts'
import { printable } from '../config/printable.ts'

type Level = keyof Logger

const WORDS = new Set(['time', 'level', 'message'])

/** Events as JSON lines, for whoever collects logs: `{ time, level, message, …fields }`. */
export function createJsonLogger(write: (line: string) => void, clock: Clock): Logger {
  return createLogger((level, message, fields) => {
    const time = new Date(clock.now()).toISOString()
    const others = Object.entries(fields).map(([name, value]) => [WORDS.has(name) ? `${name}_` : name, toPlain(value)])
    write(`${JSON.stringify({ time, level, message, ...(Object.fromEntries(others) as object) })}\n`)
  })
}

/** Events as lines for people. */
export function createLineLogger(write: (line: string) => void): Logger {
  return createLogger((level, message, fields) => {
    const shown = Object.entries(fields).map(([name, value]) => `${name}=${showField(value)}`)
    write(`${printable([level, message, ...shown].join('  '))}\n`)
  })
}

function createLogger(log: (level: Level, message: string, fields: LogFields) => void): Logger {
  return {
    info: (message, fields = {}) => log('info', message, fields),
    warn: (message, fields = {}) => log('warn', message, fields),
    error: (message, fields = {}) => log('error', message, fields),
  }
}

/** Errors and numbers that JSON would lose. Secrets mask themselves. */
function toPlain(value: unknown): unknown {
  if (value instanceof Error) return value.message
  if (typeof value === 'bigint') return String(value)
  return value
}

function showField(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"']+$/.test(value) ? value : JSON.stringify(value)
  return inspect(toPlain(value), { depth: 3, breakLength: Infinity })
}
