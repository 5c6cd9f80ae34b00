import { CliFolder } from '../../support/cli.ts'
import { PipelineProcess } from '../../support/pipeline-process.ts'
import { freePort } from '../servers/free-port.ts'
import type { DeliverySender } from './delivery-sender.ts'

export const INDEX = 'deliveries'
export const SECRET = 'correct-horse-battery'

/** Webhooks that go through one stream to a search server and, beside it, to a file. */
export class DeliveryPipeline {
  readonly folder: CliFolder
  readonly url: string
  kills = 0
  #process: PipelineProcess

  private constructor(folder: CliFolder, url: string) {
    this.folder = folder
    this.url = url
    this.#process = this.#run()
  }

  static async start(searchUrl: string): Promise<DeliveryPipeline> {
    const port = await freePort()
    const folder = await CliFolder.create({ 'deliveries.yaml': documentOf(port, searchUrl) })
    return new DeliveryPipeline(folder, `http://127.0.0.1:${port}/hooks`)
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    this.#process.expectRunning()
    await this.#process.kill()
    this.kills += 1
  }

  /** A new process on the same data. */
  restart(): void {
    this.#process = this.#run()
  }

  async killAndRestart(): Promise<void> {
    await this.kill()
    this.restart()
  }

  /** Kills it while this delivery and others beside it are under way. */
  async killAt(sender: DeliverySender, acknowledged: number): Promise<void> {
    await this.reaches(() => sender.acknowledged >= acknowledged)
    await this.killAndRestart()
  }

  /** Resolves when the condition holds. Rejects when the pipeline ends before that. */
  async reaches(condition: () => boolean | Promise<boolean>, pauseMs?: number): Promise<void> {
    await this.#process.reaches(condition, pauseMs)
  }

  /** Resolves when the process at work has printed what is looked for. */
  async hasPrinted(pattern: RegExp): Promise<string> {
    await this.reaches(() => pattern.test(this.#process.printed))
    return pattern.exec(this.#process.printed)?.[0] ?? ''
  }

  async stop(): Promise<number | null> {
    return await this.#process.stop()
  }

  /** Lines that the second sink has written. */
  async lines(): Promise<readonly string[]> {
    return await this.folder.lines('out/all.ndjson').catch(() => [])
  }

  async remove(): Promise<void> {
    await this.#process.kill()
    await this.folder.remove()
  }

  #run(): PipelineProcess {
    return PipelineProcess.run('deliveries.yaml', this.folder.path, { HOOK_SECRET: SECRET })
  }
}

function documentOf(port: number, searchUrl: string): string {
  return `pipeline: deliveries
sources:
  hooks:
    uses: http
    with:
      listen: 127.0.0.1:${port}
      path: /hooks
      auth: { hmac: { secret: '\${env:HOOK_SECRET}', header: x-signature, prefix: 'sha256=' } }
      id: "headers['x-delivery']"
streams:
  known:
    from: hooks
    steps:
      - filter: 'value.delivery != ""'
sinks:
  search:
    from: known
    uses: elasticsearch
    with: { url: '${searchUrl}', index: ${INDEX}, request_timeout: 5s, batch: { records: 100 } }
  all:
    from: known
    uses: file
    with: { path: out/all.ndjson }
`
}
