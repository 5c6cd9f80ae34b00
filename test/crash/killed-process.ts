import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from '../support/source-files.ts'
import type { Moment } from './moments.ts'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What the process said of the moment at which it was killed; null when it ended by itself. */
  readonly killed: string | null
}

/** Nothing here works for so long: a process that has not ended by then hangs. */
const MAX_LIFE_MS = 240_000

/** Where the program lies; a copy that is broken on purpose lies elsewhere. */
export const BUILT = join(ROOT, 'dist')

const KILL_SWITCH = join(ROOT, 'test/crash/kill-switch.js')

/** Runs a command line in a process of its own, which is killed at the moment, if there is one. */
export async function runProcess(
  args: readonly string[],
  options: { readonly cwd: string; readonly moment?: Moment; readonly built?: string },
): Promise<Ended> {
  const { cwd, moment, built = BUILT } = options
  const child = spawn(process.execPath, ['--import', KILL_SWITCH, join(built, 'pipelines/cli/bin.js'), ...args], {
    cwd,
    env: { ...process.env, ...(moment === undefined ? {} : { STOPLOG_KILL: JSON.stringify(moment) }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text))
  const overdue = setTimeout(() => {
    texts.stderr += `it has not ended in ${MAX_LIFE_MS} ms\n`
    child.kill('SIGKILL')
  }, MAX_LIFE_MS)
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  clearTimeout(overdue)
  const said = /^killed: (.*)$/m.exec(texts.stderr)?.[1] ?? null
  return { code, ...texts, killed: signal === 'SIGKILL' ? said : null }
}
