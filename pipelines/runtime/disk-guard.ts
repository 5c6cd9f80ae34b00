import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { formatBytes } from '../../schemas/byte-size.ts'
import type { Clock, Logger } from '../../schemas/runtime.ts'
import type { DiskBound } from '../graph/plan.ts'
import { PIPELINE_LIMITS } from '../limits.ts'

/** What a disk has to say of a folder. */
export interface DiskUse {
  /** Bytes of the files in the folder. */
  readonly usedBytes: number
  /** Size of the volume, and what is left of it. */
  readonly volumeBytes: number
  readonly freeBytes: number
}

export interface DiskGuardOptions {
  readonly bound: DiskBound
  readonly clock: Clock
  readonly logger: Logger
  measure(): Promise<DiskUse>
  /** Names the group that keeps the most records from being deleted. */
  whoPins(): Promise<string>
}

/**
 * Holds sources back while the data directory is as large as it may be, or the volume is nearly full: what is not
 * delivered yet must not be lost for what is not read yet.
 */
export class DiskGuard {
  readonly #options: DiskGuardOptions
  #isFull = false

  constructor(options: DiskGuardOptions) {
    this.#options = options
  }

  get isFull(): boolean {
    return this.#isFull
  }

  /** Looks from time to time until the signal aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!signal.aborted) {
      await this.check()
      await clock.sleep(PIPELINE_LIMITS.diskCheckMs.default, signal).catch(() => undefined)
    }
  }

  async check(): Promise<void> {
    const { bound, logger } = this.#options
    const { usedBytes, volumeBytes, freeBytes } = await this.#options.measure()
    const limitBytes = 'bytes' in bound ? bound.bytes : bound.ratio * volumeBytes
    const isFull = usedBytes >= limitBytes || freeBytes < PIPELINE_LIMITS.minFreeBytes.default
    if (isFull === this.#isFull) return
    this.#isFull = isFull
    const fields = { used: formatBytes(usedBytes), limit: formatBytes(limitBytes), free: formatBytes(freeBytes) }
    if (!isFull) logger.info('sources read again', fields)
    else {
      const group = await this.#options.whoPins().catch(() => 'unknown')
      logger.error('sources are held back until data is deleted', { code: 'E_DISK_FULL', ...fields, group })
    }
  }
}

/** Measures a folder with everything in it, and its volume. */
export async function measureDisk(folder: string): Promise<DiskUse> {
  const { blocks, bavail, bsize } = await statfs(folder)
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  let usedBytes = 0
  for (const entry of entries) {
    if (!entry.isFile()) continue
    // A file may go while it is being looked for.
    const found = await stat(join(entry.parentPath, entry.name)).catch(() => null)
    usedBytes += found?.size ?? 0
  }
  return { usedBytes, volumeBytes: blocks * bsize, freeBytes: bavail * bsize }
}
