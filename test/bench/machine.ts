import { execFileSync } from 'node:child_process'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { PACKAGE_FOLDER } from './pipeline-bin.ts'

/** What a result depends on, in lines. */
export function describeMachine(): readonly string[] {
  const [first] = cpus()
  return [
    `commit   ${commit()}`,
    `date     ${new Date().toISOString().slice(0, 16)}Z`,
    `machine  ${cpus().length} × ${first?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${arch()}`,
    `system   ${platform()} ${release()}, Node ${process.versions.node}`,
  ]
}

/** The commit that is checked out; with a `+` when there are changes that it does not have. */
export function commit(): string {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: PACKAGE_FOLDER, encoding: 'utf8' }).trim()
  try {
    const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
    return `${git('rev-parse', '--short=10', 'HEAD')}${isChanged ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}
