import type { Stats } from 'node:fs'
import { resolve } from 'node:path'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { ConnectorContext } from '../connector.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { findFiles, searchFolders, type FoundFiles } from './find-files.ts'
import { FolderWatcher } from './folder-watcher.ts'
import { hasWildcard } from './path-pattern.ts'

export interface FileSetOptions {
  readonly paths: readonly string[]
  /** Looks again and again for new and changed files, until the node stops. */
  readonly follow: boolean
  readonly pollMs: number
  readonly allowEmpty: boolean
}

/** What tells one state of a file from the next without reading it. */
interface Stamp {
  readonly size: number
  readonly modifiedMs: number
  readonly changedMs: number
  readonly inode: number
}

interface KnownFile {
  stamp: Stamp
  /** When this state was first seen, by our clock: the file's own times come from another machine's, at worst. */
  sinceMs: number
  reading: boolean
  /** The last reader found that more is to come, or that the end must be waited for. */
  unsettled: boolean
  opened: boolean
}

/** One reader's view of a file of the set. */
export interface FileReading {
  /** This source has not read the file before. */
  readonly first: boolean
  /** Whether the file, as it is now, may still be in the making: it changed a moment ago, and changes are followed. */
  mayGrow(now: Stats): boolean
  /** Ends the reading; an unsettled file is named again when it changes or has been quiet for a while. */
  end(unsettled: boolean): void
}

/**
 * The files that a source reads, named one by one and, with `follow`, again when they change. It never names a file
 * that is being read at that moment.
 */
export class FileSet {
  readonly #options: FileSetOptions
  readonly #context: ConnectorContext
  readonly #known = new Map<string, KnownFile>()
  readonly #closed = new AbortController()
  readonly #signal: AbortSignal
  #wake: (() => void) | null = null

  constructor(options: FileSetOptions, context: ConnectorContext) {
    this.#options = options
    this.#context = context
    this.#signal = AbortSignal.any([context.signal, this.#closed.signal])
    this.#signal.addEventListener('abort', () => this.#wake?.())
  }

  /** Aborts when the node stops or the set is closed. */
  get signal(): AbortSignal {
    return this.#signal
  }

  close(): void {
    this.#closed.abort()
  }

  /** Ends when the set is bounded and all files were named, or the signal aborts. Problems are thrown at the end. */
  async *paths(): AsyncGenerator<string> {
    this.#known.clear()
    const { paths, follow } = this.#options
    const folder = this.#context.baseDir
    let found = await findFiles(paths, folder)
    this.#warn(found)
    if (!follow) {
      for (const { path, stats } of found.files) {
        if (this.#signal.aborted) return
        this.#name(path, stats)
        yield path
      }
      this.#throwProblems(found)
      return
    }
    const watcher = new FolderWatcher(searchFolders(paths, folder))
    try {
      for (;;) {
        for (const { path, stats } of found.files) {
          if (this.#signal.aborted) return
          if (this.#isDue(path, stats)) yield path
        }
        if (!(await this.#pause(watcher))) return
        found = await findFiles(paths, folder)
        this.#forget(found)
      }
    } finally {
      watcher.close()
    }
  }

  /** `stats` of the opened file: what is read is this state of it, or a later one. */
  begin(path: string, stats: Stats): FileReading {
    const known = this.#name(path, stats)
    const first = !known.opened
    known.reading = true
    known.opened = true
    return {
      first,
      mayGrow: (now) => this.#options.follow && !this.#isSettled(this.#name(path, now)),
      end: (unsettled) => {
        known.reading = false
        known.unsettled = unsettled
      },
    }
  }

  #name(path: string, stats: Stats): KnownFile {
    const stamp = toStamp(stats)
    const known = this.#known.get(path)
    if (known === undefined) {
      const added = { stamp, sinceMs: this.#context.clock.now(), reading: false, unsettled: false, opened: false }
      this.#known.set(path, added)
      return added
    }
    if (!isSame(known.stamp, stamp)) {
      known.stamp = stamp
      known.sinceMs = this.#context.clock.now()
    }
    return known
  }

  #isDue(path: string, stats: Stats): boolean {
    const known = this.#known.get(path)
    if (known?.reading === true) return false
    const changed = known === undefined || !isSame(known.stamp, toStamp(stats))
    const quiet = known?.unsettled === true && this.#isSettled(known)
    if (!changed && !quiet) return false
    this.#name(path, stats).unsettled = false
    return true
  }

  #isSettled(known: KnownFile): boolean {
    const quietSince = Math.min(known.sinceMs, known.stamp.modifiedMs)
    return this.#context.clock.now() - quietSince >= CONNECTOR_LIMITS.fileSettleMs.default
  }

  #forget(found: FoundFiles): void {
    const present = new Set(found.files.map(({ path }) => path))
    for (const [path, known] of this.#known) {
      if (!present.has(path) && !known.reading) this.#known.delete(path)
    }
  }

  /** Waits for the next look; false when there is none. */
  async #pause(watcher: FolderWatcher): Promise<boolean> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    watcher.onChange(this.#wake)
    if (this.#signal.aborted) this.#wake()
    await this.#context.clock.sleep(this.#options.pollMs, woken.signal).catch(() => {})
    this.#wake = null
    watcher.onChange(null)
    if (woken.signal.aborted && !this.#signal.aborted) {
      await this.#context.clock.sleep(CONNECTOR_LIMITS.fileWatchPauseMs.default, this.#signal).catch(() => {})
    }
    return !this.#signal.aborted
  }

  #warn(found: FoundFiles): void {
    const { logger, baseDir } = this.#context
    const nothing = found.files.length === 0
    const { follow } = this.#options
    for (const path of found.unmatched) {
      if (follow) logger.warn('no file matches yet; waiting for one', { path, folder: baseDir })
      else if (!nothing && isGlob(path)) logger.warn('no file matches', { path, folder: baseDir })
    }
    if (!follow) return
    for (const problem of found.problems) logger.warn(problem.message, { code: problem.code })
  }

  #throwProblems(found: FoundFiles): void {
    const { allowEmpty } = this.#options
    const missing = found.files.length === 0 ? found.unmatched : found.unmatched.filter((path) => !isGlob(path))
    const [problem] = found.problems
    if (problem !== undefined) {
      const others = found.problems.length - 1
      if (others === 0) throw problem
      throw new StoplogError(problem.code, `${problem.message}, and ${others} more cannot be read`, {
        fix: problem.fix,
        cause: problem,
      })
    }
    if (missing.length > 0 && !allowEmpty) {
      throw new StoplogError(
        'E_FILE_NONE',
        `no file matches ${missing.join(', ')} in ${resolve(this.#context.baseDir)}`,
      )
    }
  }
}

function isGlob(path: string): boolean {
  return hasWildcard(path) || path.includes('{')
}

function toStamp(stats: Stats): Stamp {
  return { size: stats.size, modifiedMs: stats.mtimeMs, changedMs: stats.ctimeMs, inode: stats.ino }
}

function isSame(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.modifiedMs === b.modifiedMs && a.changedMs === b.changedMs && a.inode === b.inode
}
