/**
 * The other way to write a log: each partition's batches straight into its own file, and each file synced before the
 * acknowledgement. `file-per-partition.js FOLDER PARTITIONS BATCH_RECORDS BATCHES`, as `log-append.js`. What has arrived
 * for a file while it was synced goes to it together.
 */
import { FileStorage } from '../../../broker/log/file-storage.ts'
import type { StorageFile } from '../../../broker/log/storage.ts'
import { measureWork } from '../measured-work.ts'
import { appendInTurn } from './append-in-turn.ts'
import { batchOf, recordValues } from './sample-batch.ts'

class PartitionFile {
  readonly #file: StorageFile
  #position = 0
  #waiting: Buffer[] = []
  #written: Promise<void> | null = null
  #work: Promise<void> = Promise.resolve()

  constructor(file: StorageFile) {
    this.#file = file
  }

  /** Resolves when the batch is on the disk. */
  append(batch: Buffer): Promise<void> {
    this.#waiting.push(batch)
    this.#written ??= this.#work = this.#work.then(() => this.#write())
    return this.#written
  }

  async #write(): Promise<void> {
    const batches = this.#waiting
    this.#waiting = []
    this.#written = null
    await this.#file.write(batches, this.#position)
    this.#position += batches.reduce((sum, { length }) => sum + length, 0)
    await this.#file.sync()
  }
}

const [, , folder = '', partitions = '1', batchRecords = '63', batches = '1000'] = process.argv
const storage = new FileStorage(folder)
const files = await Promise.all(
  Array.from({ length: Number(partitions) }, async (_, index) => {
    await storage.makeFolder(`bench-${index}`)
    return new PartitionFile(await storage.open(`bench-${index}/0.log`, 'create'))
  }),
)
const batch = batchOf(recordValues(Number(batchRecords)))
const appendTo = (file: PartitionFile): Promise<void> => file.append(Buffer.from(batch))
await appendInTurn(files, Number(batches) / 4, appendTo)
const work = await measureWork(() => appendInTurn(files, Number(batches), appendTo))
process.stdout.write(`${JSON.stringify(work)}\n`)
