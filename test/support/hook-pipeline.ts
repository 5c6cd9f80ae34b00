import { createHmac } from 'node:crypto'
import { CliFolder } from './cli.ts'
import { send, type Answer } from './http-client.ts'
import { PipelineProcess } from './pipeline-process.ts'

const SECRET = 'correct-horse'

/** The built program that listens for signed webhooks and writes them to a file. */
export class HookPipeline {
  readonly folder: CliFolder
  #process: PipelineProcess
  #url = ''

  private constructor(folder: CliFolder) {
    this.folder = folder
    this.#process = run(folder)
  }

  static async start(settings = ''): Promise<HookPipeline> {
    const folder = await CliFolder.create({ 'hooks.yaml': documentOf(settings) })
    const pipeline = new HookPipeline(folder)
    await pipeline.#listens()
    return pipeline
  }

  get url(): string {
    return this.#url
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Sends a delivery with its signature. */
  send(id: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const signature = createHmac('sha256', SECRET).update(body).digest('hex')
    return send(this.#url, { body, headers: { 'x-delivery': id, 'x-signature': signature, ...headers } })
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.#process.kill()
  }

  async restart(): Promise<void> {
    this.#process = run(this.folder)
    await this.#listens()
  }

  async stop(): Promise<void> {
    await this.#process.stop()
  }

  /** Resolves when the condition holds. Rejects when the program ends before that. */
  async reaches(condition: () => boolean | Promise<boolean>): Promise<void> {
    await this.#process.reaches(condition)
  }

  /** Lines that the sink has written. */
  async lines(): Promise<readonly string[]> {
    return await this.folder.lines('out/all.ndjson').catch(() => [])
  }

  async remove(): Promise<void> {
    await this.#process.kill()
    await this.folder.remove()
  }

  async #listens(): Promise<void> {
    const pattern = /"listens for requests".*?"url":"([^"]+)"/
    await this.reaches(() => pattern.test(this.#process.printed))
    this.#url = pattern.exec(this.#process.printed)?.[1] ?? ''
  }
}

function run(folder: CliFolder): PipelineProcess {
  return PipelineProcess.run('hooks.yaml', folder.path, { HOOK_SECRET: SECRET })
}

/** Events whose `n` is no number fail the step. */
function documentOf(settings: string): string {
  return `pipeline: hooks
sources:
  hooks:
    uses: http
    with:
      listen: 127.0.0.1:0
      auth: { hmac: { secret: '\${env:HOOK_SECRET}', header: x-signature } }
      id: "headers['x-delivery']"
      ${settings}
    steps:
      - filter: 'value.n >= 0'
sinks:
  all:
    from: hooks
    uses: file
    with: { path: out/all.ndjson }
`
}
