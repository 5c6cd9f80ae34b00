/**
 * Loaded into a measured process before its program (`--import`): answers each message with what the process has used
 * so far, and leaves it in the file `STOPLOG_BENCH_USAGE` when it ends. All threads count.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import type { Usage } from './usage.ts'

/** The peak of this program alone: `maxRSS` may still know the peak of the process that started it. */
function peakBytes(): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (kilobytes !== undefined) return Number(kilobytes) * 1_024
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1_024
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return { cpuSeconds: (user + system) / 1e6, peakBytes: peakBytes() }
}

if (isMainThread) {
  const path = process.env['STOPLOG_BENCH_USAGE']
  process.on('exit', () => {
    if (path !== undefined) writeFileSync(path, JSON.stringify(usage()))
  })
  process.on('message', () => process.send?.(usage()))
  // It must not keep the program from ending.
  process.channel?.unref()
}
