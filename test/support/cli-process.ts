import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { CliResult } from './cli.ts'
import { ROOT } from './source-files.ts'

/** The program as users start it; `npm test` has built it. */
export const BIN = join(ROOT, 'dist/pipelines/cli/bin.js')

/** What a whole process of the program has left behind. */
export interface ProcessResult extends CliResult {
  /** The most memory that it had at a time. */
  readonly peakBytes: number
}

const TELL_PEAK = `
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS * 1024)))
`

/** Runs a command line in a process of its own and measures it. */
export async function runProcess(cwd: string, argv: readonly string[]): Promise<ProcessResult> {
  const program = `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`
  const child = spawn(process.execPath, ['--import', program, BIN, ...argv], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? -1))
  })
  const outputs = await Promise.all(child.stdio.slice(1).map((output) => textOf(output)))
  const [stdout = '', stderr = '', peakBytes = ''] = outputs
  return { code: await exited, stdout, stderr, peakBytes: Number(peakBytes) }
}

async function textOf(output: Readable | Writable | null | undefined): Promise<string> {
  return output instanceof Readable ? await text(output) : ''
}
