import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startBroker } from '../../broker/broker.ts'
import { prepareDataDirectory } from '../../broker/log/data-directory.ts'
import { DirectoryLock } from '../../broker/log/directory-lock.ts'
import { FileStorage } from '../../broker/log/file-storage.ts'
import { systemClock } from '../../broker/system-clock.ts'
import type { CliIo, StartedBroker, StopSignal, TextOutput } from '../../pipelines/cli/cli-io.ts'
import { main } from '../../pipelines/cli/main.ts'
import type { EmbeddedBrokerOptions } from '../../pipelines/runtime/embedded-broker.ts'
import type { Clock } from '../../schemas/runtime.ts'
import { toStoplogError } from '../../schemas/stoplog-error.ts'
import { ROOT } from './source-files.ts'
import { until } from './until.ts'

/** What a command line has left behind. */
export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** An output that keeps what is written. */
export class KeptOutput implements TextOutput {
  text = ''
  readonly isTerminal: boolean
  readonly columns: number
  readonly rows = 24
  readonly #closed = new AbortController()

  constructor(isTerminal = false, columns = 80) {
    this.isTerminal = isTerminal
    this.columns = columns
  }

  get closed(): AbortSignal {
    return this.#closed.signal
  }

  async write(text: string): Promise<void> {
    if (!this.closed.aborted) this.text += text
  }

  /** The reader has gone. */
  close(): void {
    this.#closed.abort()
  }
}

export interface CliOptions {
  readonly env?: CliIo['env']
  readonly cwd?: string
  readonly clock?: Clock
  readonly isTerminal?: boolean
}

/** One command line at work in this process. */
export class CliCall {
  readonly stdout: KeptOutput
  readonly stderr: KeptOutput
  readonly io: CliIo
  readonly #listeners = new Set<(signal: StopSignal) => void>()
  readonly #brokers: EmbeddedBrokerOptions[] = []
  #open = 0

  constructor(cwd: string, options: CliOptions = {}) {
    this.stdout = new KeptOutput(options.isTerminal)
    this.stderr = new KeptOutput(options.isTerminal)
    this.io = {
      stdout: this.stdout,
      stderr: this.stderr,
      env: options.env ?? {},
      cwd: options.cwd ?? cwd,
      program: 'pipeline',
      clock: options.clock ?? systemClock,
      onSignal: (listener) => {
        this.#listeners.add(listener)
        return () => void this.#listeners.delete(listener)
      },
      startBroker: async (start) => {
        this.#brokers.push(start)
        const broker = await startInThread(start)
        this.#open += 1
        const close = async (): Promise<void> => {
          await broker.close()
          this.#open -= 1
        }
        return { address: broker.address, close }
      },
    }
  }

  async run(...argv: readonly string[]): Promise<CliResult> {
    const code = await main(argv, this.io)
    return { code, stdout: this.stdout.text, stderr: this.stderr.text }
  }

  /** How many listen for signals now: none, once a command has ended. */
  get listeners(): number {
    return this.#listeners.size
  }

  signal(signal: StopSignal): void {
    for (const listener of this.#listeners) listener(signal)
  }

  /** What the command has started its brokers with. */
  get brokers(): readonly EmbeddedBrokerOptions[] {
    return this.#brokers
  }

  /** Resolves when nothing of the command is left, which a process would not wait for. */
  async settled(): Promise<void> {
    await until(() => this.#open === 0)
  }
}

/** The bundled broker as commands start it, but on this thread: a worker that reads TypeScript is slow to start. */
export async function startInThread(options: EmbeddedBrokerOptions): Promise<StartedBroker> {
  const { folder, host, port, durability, offsetsRetentionMs, initialRebalanceDelayMs, logger } = options
  await prepareDataDirectory(folder)
  const lock = await DirectoryLock.acquire(folder)
  try {
    const broker = await startBroker({
      storage: new FileStorage(folder),
      clock: systemClock,
      logger,
      onFatal: (error) => options.onFatal(toStoplogError(error)),
      host,
      port,
      durability,
      offsetsRetentionMs,
      initialRebalanceDelayMs,
    })
    const address = `${host}:${broker.port}`
    await lock.announce(address)
    let closing: Promise<void> | null = null
    return {
      address,
      close() {
        closing ??= broker.close().then(() => lock.release())
        return closing
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** A folder in which command lines are called. */
export class CliFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<CliFolder> {
    const folder = new CliFolder(await mkdtemp(join(tmpdir(), 'stoplog-cli-')))
    for (const [name, content] of Object.entries(files)) await folder.write(name, content)
    return folder
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.path, name)), { recursive: true })
    await writeFile(join(this.path, name), content)
  }

  /** Copies a folder of the repository without what runs have left in it. */
  async copy(from: string, to: string): Promise<void> {
    await cp(from, join(this.path, to), {
      recursive: true,
      filter: (path) => !/(?:^|\/)(?:out|\.stoplog)$/.test(path.slice(from.length)),
    })
  }

  /** Lets plugins in the folder import `stoplog`, as where it is installed. */
  async install(): Promise<void> {
    await mkdir(join(this.path, 'node_modules'))
    await symlink(ROOT, join(this.path, 'node_modules/stoplog'))
  }

  async read(name: string): Promise<string> {
    return await readFile(join(this.path, name), 'utf8')
  }

  async lines(name: string): Promise<readonly string[]> {
    return (await this.read(name)).split('\n').filter((line) => line !== '')
  }

  call(options: CliOptions = {}): CliCall {
    return new CliCall(this.path, options)
  }

  /** Runs a command line to its end. */
  async run(...argv: readonly string[]): Promise<CliResult> {
    return await this.call().run(...argv)
  }

  /** Runs a line as a shell would read it, without its program. */
  async paste(line: string): Promise<CliResult> {
    const [, ...argv] = shellWords(line)
    return await this.run(...argv)
  }

  /** A text of a command with the folder's own path taken out. */
  relative(text: string): string {
    return text.replaceAll(`${this.path}/`, '').replaceAll(this.path, '.')
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** Words of a line; single quotes keep everything between them. */
export function shellWords(line: string): readonly string[] {
  const words: string[] = []
  for (const [word] of line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)) {
    words.push(word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ''))
  }
  return words
}
