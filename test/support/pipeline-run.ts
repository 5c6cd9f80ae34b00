import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { BUILT_IN_SINKS, BUILT_IN_SOURCES } from '../../connectors/index.ts'
import { createModuleImport } from '../../pipelines/config/module-import.ts'
import { loadPipeline } from '../../pipelines/graph/load-pipeline.ts'
import type { Plan } from '../../pipelines/graph/plan.ts'
import { PipelineRun, type RunEnvironment } from '../../pipelines/runtime/pipeline-run.ts'
import { checkExpression, createExpressions } from '../../processors/cel/expressions.ts'
import { PROCESSORS } from '../../processors/index.ts'
import { systemClock } from '../../broker/system-clock.ts'
import { KeptLog } from './kept-log.ts'
import type { RunningBroker } from './running-broker.ts'

/** A folder with a pipeline in it. */
export class PipelineFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async create(files: Readonly<Record<string, string | Uint8Array>>): Promise<PipelineFolder> {
    const folder = new PipelineFolder(await mkdtemp(join(tmpdir(), 'stoplog-run-')))
    for (const [name, content] of Object.entries(files)) await folder.write(name, content)
    return folder
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    await mkdir(dirname(join(this.path, name)), { recursive: true })
    await writeFile(join(this.path, name), content)
  }

  async lines(name: string): Promise<string[]> {
    const text = await readFile(join(this.path, name), 'utf8')
    return text.split('\n').filter((line) => line !== '')
  }

  async plan(document = 'pipeline.yaml'): Promise<Plan> {
    const { plan, diagnostics } = await loadPipeline(
      { file: join(this.path, document) },
      {
        plugins: { sources: BUILT_IN_SOURCES, sinks: BUILT_IN_SINKS, processors: PROCESSORS },
        checkExpression,
        importModule: createModuleImport(),
        readFile: (path) => readFile(path),
        env: {},
        requireSecrets: true,
      },
    )
    if (plan === null)
      throw new Error(diagnostics.map((d) => `${d.line}:${d.column} ${d.code} ${d.message}`).join('\n'))
    return plan
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** Starts a plan on a broker. */
export async function startRun(
  plan: Plan,
  broker: RunningBroker,
  options: Partial<RunEnvironment> = {},
): Promise<{ run: PipelineRun; logger: KeptLog }> {
  const logger = new KeptLog()
  const run = await PipelineRun.start(plan, {
    bootstrapServers: [broker.address],
    clock: systemClock,
    logger,
    metrics: { count: () => undefined },
    expressions: createExpressions(),
    reread: [],
    isHeldBack: () => false,
    ...options,
  })
  return { run, logger }
}
