import { basename, relative } from 'node:path'
import type { Writable } from 'node:stream'
import { systemClock } from '../../broker/system-clock.ts'
import { EmbeddedBroker } from '../runtime/embedded-broker.ts'
import type { CliIo, StopSignal, TextOutput } from './cli-io.ts'
import { shellLine } from './shell-word.ts'

const SIGNALS: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The world of a real process. */
export function processIo(): CliIo {
  return {
    stdout: toOutput(process.stdout),
    stderr: toOutput(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    program: programName(process.argv[1] ?? 'pipeline', process.env, process.cwd()),
    clock: systemClock,
    onSignal(listener) {
      for (const signal of SIGNALS) process.on(signal, listener)
      return () => {
        for (const signal of SIGNALS) process.off(signal, listener)
      }
    },
    startBroker: (options) => EmbeddedBroker.start(options),
  }
}

/** How the user can call the program again: npm puts it on the PATH of what it runs, not on that of the shell. */
export function programName(script: string, env: CliIo['env'], cwd: string): string {
  const name = basename(script)
  if (env['npm_command'] === 'exec') return `npx ${name === 'bin.js' ? 'pipeline' : name}`
  return name === 'bin.js' ? shellLine(['node', relative(cwd, script)]) : name
}

interface Terminal {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

function toOutput(stream: Writable & Terminal): TextOutput {
  const closed = new AbortController()
  // Without a listener, a reader that has gone would end the process with a stack.
  stream.on('error', () => closed.abort())
  return {
    write: (text) =>
      new Promise((resolve) => {
        if (closed.signal.aborted) resolve()
        else stream.write(text, () => resolve())
      }),
    closed: closed.signal,
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80
    },
    get rows() {
      return stream.rows ?? 24
    },
  }
}
