import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../../dist/pipelines/cli/bin.js', import.meta.url))

/** `pipeline broker`, the built command, as a process on a folder and a port of its own. */
export class BrokerProcess {
  readonly #folder: string
  readonly #args: readonly string[]
  #child: ChildProcess | null = null
  #address = ''
  #stderr = ''
  readonly #endWithTests = (): void => void this.#child?.kill('SIGKILL')

  private constructor(folder: string, settings: readonly string[]) {
    this.#folder = folder
    this.#args = [BIN, 'broker', '--data-dir', join(folder, 'data'), ...settings]
    process.on('exit', this.#endWithTests)
  }

  /** `properties` are those of `server.properties`, `settings` more options of the command. */
  static async start(
    properties: Readonly<Record<string, string>> = {},
    ...settings: readonly string[]
  ): Promise<BrokerProcess> {
    const ofProperties = Object.entries(properties).map(([name, value]) => `--property=${name}=${value}`)
    const broker = new BrokerProcess(await mkdtemp(join(tmpdir(), 'stoplog-broker-')), [...ofProperties, ...settings])
    await broker.restart()
    return broker
  }

  get address(): string {
    return this.#address
  }

  get port(): number {
    return Number(/:(\d+)$/.exec(this.#address)?.[1] ?? 0)
  }

  /** What it has reported so far: nothing, as long as all is well. */
  get stderr(): string {
    return this.#stderr
  }

  /** `kill -9`, at once. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Starts it again, on the same folder and port; ends it in order if it runs. */
  async restart(): Promise<void> {
    await this.#end('SIGTERM')
    const child = spawn(process.execPath, [...this.#args, '--port', String(this.port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.#stderr += chunk))
    this.#address = await addressOf(child, () => this.#stderr)
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    process.off('exit', this.#endWithTests)
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

/** Where it listens, once it has said so. */
async function addressOf(child: ChildProcess, stderr: () => string): Promise<string> {
  let printed = ''
  return await new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk
      const address = /^broker +(\S+)$/m.exec(printed)?.[1]
      if (address !== undefined) resolve(address)
    })
    child.once('close', (code) => reject(new Error(`pipeline broker ended with ${code}:\n${stderr()}`)))
  })
}
