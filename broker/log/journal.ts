import { BROKER_LIMITS } from '../limits.ts'
import { encodeEntryHeader, ENTRY_HEADER_BYTES, type EntryKind } from './journal-entry.ts'
import { BLOCK_BYTES, type Storage, type StorageFile } from './storage.ts'

export const JOURNAL_FOLDER = 'journal'

/** Name of the journal file whose first entry has this sequence. */
export function journalFileName(firstSequence: number): string {
  return `${String(firstSequence).padStart(20, '0')}.journal`
}

/** Above the numbers of all spares that there are: a name is not given twice while its file may still be renamed. */
function nextSpareNumber(spares: readonly string[]): number {
  return 1 + Math.max(0, ...spares.map((name) => Number(SPARE_NAME.exec(name)?.[1] ?? 0)))
}

const PADDING = Buffer.alloc(BLOCK_BYTES)
const SPARE_NAME = /^spare-(\d+)\.journal$/

/**
 * Gives files that hold nothing any more names that no journal file will ever have, and removes those that are too
 * many; returns the names. A spare that kept the name of the file which is begun next would be written over by another
 * spare, and then be taken from under the journal's feet.
 */
export async function adoptSpares(storage: Storage, names: readonly string[]): Promise<readonly string[]> {
  const spares = names.filter((name) => SPARE_NAME.test(name))
  for (const name of names.filter((each) => !SPARE_NAME.test(each))) {
    const spare = `spare-${nextSpareNumber(spares)}.journal`
    await storage.rename(`${JOURNAL_FOLDER}/${name}`, `${JOURNAL_FOLDER}/${spare}`)
    spares.push(spare)
  }
  const kept = spares.splice(0, BROKER_LIMITS.journalSpareFiles.default)
  for (const name of spares) await storage.remove(`${JOURNAL_FOLDER}/${name}`)
  return kept
}

export interface JournalOptions {
  readonly maxFileBytes: number
  /** False: answers do not wait for the disk; the owner calls `sync` from time to time (`durability: interval`). */
  readonly syncBeforeAck: boolean
  /** Called once when the disk has failed; everything that waits is rejected and nothing is written any more. */
  onFatal(error: Error): void
  /** A new file has been begun: a checkpoint would free the ones before it. */
  onRotated(): void
}

interface PendingEntry {
  readonly kind: EntryKind
  readonly logId: number
  readonly payload: Buffer
  readonly onDurable: (() => void) | undefined
}

/** Entries that go to the disk together and are answered together. */
class Group {
  readonly entries: PendingEntry[] = []
  bytes = 0
  readonly durable: Promise<void>
  resolve: () => void = () => undefined
  reject: (error: Error) => void = () => undefined

  constructor() {
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // A group nobody waits for must not take the process down when the disk fails; `onFatal` reports that.
    this.durable.catch(() => undefined)
  }
}

interface JournalFile {
  readonly firstSequence: number
  readonly file: StorageFile
  position: number
}

/**
 * The write-ahead log of everything: batches of all partitions and changes of metadata, one after the other in one
 * file, so that one fdatasync serves all that arrived while the last one ran (group commit). Invariant 1: `append`
 * resolves only when the entry would survive a loss of power.
 *
 * A group is filled up to whole blocks of the disk: so it can be written past the page cache, and never touches a block
 * that an acknowledged group lies in.
 *
 * Files are begun at `maxFileBytes`, released by a checkpoint, and then used again under a new name: a file that does
 * not grow costs a third of the disk time of one that does.
 */
export class Journal {
  readonly #storage: Storage
  readonly #options: JournalOptions
  #files: JournalFile[] = []
  #spares: string[]
  #nextSpare: number
  #pending = new Group()
  #inFlight: Group | null = null
  #rotations: (() => void)[] = []
  #isRunning = false
  #nextSequence: number
  #durableBelow: number
  #unsynced = false
  #failure: Error | null = null

  constructor(storage: Storage, options: JournalOptions, start: { nextSequence: number; spares: readonly string[] }) {
    this.#storage = storage
    this.#options = options
    this.#nextSequence = start.nextSequence
    this.#durableBelow = start.nextSequence
    this.#spares = [...start.spares]
    this.#nextSpare = nextSpareNumber(start.spares)
  }

  /** The sequence that the next entry will have. */
  get nextSequence(): number {
    return this.#nextSequence
  }

  /** Bytes that wait to be written. */
  get pendingBytes(): number {
    return this.#pending.bytes
  }

  /** Adds an entry; the order of calls is the order in the journal. Resolves when it is durable. */
  append(kind: EntryKind, logId: number, payload: Buffer, onDurable?: () => void): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const group = this.#pending
    group.entries.push({ kind, logId, payload, onDurable })
    group.bytes += ENTRY_HEADER_BYTES + payload.length
    this.#nextSequence += 1
    this.#wake()
    return group.durable
  }

  /** True while the checkpoints do not keep up: the owner should take no more work until they do. */
  get isBehind(): boolean {
    return this.#files.length > BROKER_LIMITS.journalFiles.default
  }

  /** Everything below lies in files before the active one, and is durable. */
  get activeFirstSequence(): number {
    return this.#active()?.firstSequence ?? this.#nextSequence
  }

  /** Resolves when everything appended so far is durable. */
  async barrier(): Promise<void> {
    await (this.#pending.entries.length > 0 ? this.#pending : this.#inFlight)?.durable
    if (this.#failure !== null) throw this.#failure
    await this.sync()
  }

  /** Makes durable what has been written without waiting for the disk. */
  async sync(): Promise<void> {
    if (!this.#unsynced) return
    this.#unsynced = false
    await this.#guard(() => this.#active()?.file.sync() ?? Promise.resolve())
  }

  /** Begins a new file behind everything appended so far, so that a checkpoint can release the ones before it. */
  async rotate(): Promise<void> {
    await this.barrier()
    // The writer begins the file between two groups; nobody else may touch the list of files while it writes.
    await new Promise<void>((resolve) => {
      this.#rotations.push(resolve)
      this.#wake()
    })
    if (this.#failure !== null) throw this.#failure
  }

  /** Everything below the sequence is safe elsewhere: the files that hold nothing else become spares. */
  async release(below: number): Promise<void> {
    while (this.#files.length > 1 && (this.#files[1]?.firstSequence ?? Number.POSITIVE_INFINITY) <= below) {
      const released = this.#files.shift()
      if (released === undefined) return
      await released.file.close()
      if (this.#spares.length < BROKER_LIMITS.journalSpareFiles.default) {
        const name = `spare-${this.#nextSpare++}.journal`
        await this.#storage.rename(released.file.path, `${JOURNAL_FOLDER}/${name}`)
        this.#spares.push(name)
      } else await this.#storage.remove(released.file.path)
    }
    await this.#storage.syncFolder(JOURNAL_FOLDER)
  }

  /** Stops. Where a checkpoint has released everything, nothing is left of the journal on the disk. */
  async close(): Promise<void> {
    await this.barrier()
    const isEmpty = this.#files.every(({ position }) => position === 0)
    const paths = [
      ...this.#files.map(({ file }) => file.path),
      ...this.#spares.map((name) => `${JOURNAL_FOLDER}/${name}`),
    ]
    for (const { file } of this.#files) await file.close()
    this.#files = []
    if (isEmpty) for (const path of paths) await this.#storage.remove(path)
  }

  #active(): JournalFile | undefined {
    return this.#files.at(-1)
  }

  #wake(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    void this.#run()
  }

  /** Writes group after group until none is left. Never rejects: a failure reaches those who wait, and `onFatal`. */
  async #run(): Promise<void> {
    // One turn of the event loop lets everything that has arrived by now join the group.
    await Promise.resolve()
    while ((this.#pending.entries.length > 0 || this.#rotations.length > 0) && this.#failure === null) {
      try {
        await this.#step()
      } catch (error) {
        this.#fail(toError(error))
      }
    }
    for (const resolve of this.#rotations.splice(0)) resolve()
    this.#isRunning = false
  }

  /** One rotation, or one group. */
  async #step(): Promise<void> {
    if (this.#rotations.length > 0) {
      const waiting = this.#rotations.splice(0)
      const active = this.#active()
      try {
        if (active !== undefined && active.position > 0) {
          const firstSequence = this.#nextSequence - this.#pending.entries.length
          await this.#guard(() => this.#begin(firstSequence))
        }
      } finally {
        // Those who wait look for a failure themselves.
        for (const resolve of waiting) resolve()
      }
      return
    }
    const group = this.#pending
    this.#pending = new Group()
    this.#inFlight = group
    await this.#commit(group, this.#nextSequence - group.entries.length)
    this.#inFlight = null
    group.resolve()
  }

  async #commit(group: Group, firstSequence: number): Promise<void> {
    const paddingBytes = -group.bytes & (BLOCK_BYTES - 1)
    const active = await this.#fileFor(group.bytes + paddingBytes, firstSequence)
    const buffers: Buffer[] = []
    for (const [index, { kind, logId, payload }] of group.entries.entries()) {
      const sequence = firstSequence + index
      buffers.push(encodeEntryHeader({ kind, logId, payload, sequence, durableBelow: this.#durableBelow }), payload)
    }
    buffers.push(PADDING.subarray(0, paddingBytes))
    if (this.#options.syncBeforeAck) await active.file.writeSynced(buffers, active.position)
    else {
      await active.file.write(buffers, active.position)
      this.#unsynced = true
    }
    active.position += group.bytes + paddingBytes
    this.#durableBelow = firstSequence + group.entries.length
    for (const { onDurable } of group.entries) onDurable?.()
  }

  async #fileFor(bytes: number, firstSequence: number): Promise<JournalFile> {
    const active = this.#active()
    if (active === undefined) return this.#begin(firstSequence)
    if (active.position > 0 && active.position + bytes > this.#options.maxFileBytes) {
      if (!this.#options.syncBeforeAck) await active.file.sync()
      const next = await this.#begin(firstSequence)
      this.#options.onRotated()
      return next
    }
    return active
  }

  async #begin(firstSequence: number): Promise<JournalFile> {
    const path = `${JOURNAL_FOLDER}/${journalFileName(firstSequence)}`
    const spare = this.#spares.shift()
    if (spare !== undefined) await this.#storage.rename(`${JOURNAL_FOLDER}/${spare}`, path)
    const file = await this.#storage.open(path, 'create')
    await this.#storage.syncFolder(JOURNAL_FOLDER)
    const begun = { firstSequence, file, position: 0 }
    this.#files.push(begun)
    return begun
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      const failure = toError(error)
      this.#fail(failure)
      throw failure
    }
  }

  /** The disk can no longer be trusted: nothing is tried again, and everybody who waits is told. */
  #fail(error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    this.#inFlight?.reject(error)
    this.#pending.reject(error)
    this.#options.onFatal(error)
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
