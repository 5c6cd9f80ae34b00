import type { ProcessorContext, SideRecord } from '../../processors/processor.ts'
import type { Store, StoreDefinition } from '../../processors/state/store.ts'
import type { SinkPlan, SourcePlan, StreamPlan } from '../graph/plan.ts'
import type { RunContext } from './run-context.ts'
import { type ChainStep, StepChain } from './step-chain.ts'

/** Where the steps of one task keep state and put records of their own; places without either give none. */
export interface ChainBackground {
  readonly signal: AbortSignal
  store<T>(step: number, definition: StoreDefinition<T>): Store<T>
  decide(record: SideRecord): void
}

/** The steps of a node, made ready in order. When one cannot be made, those before it are closed again. */
export async function createChain(
  plan: SourcePlan | StreamPlan | SinkPlan,
  context: RunContext,
  background: ChainBackground,
): Promise<StepChain> {
  const steps: ChainStep[] = []
  try {
    for (const { type, index, path, plugin, config } of plan.steps) {
      const stepContext: ProcessorContext = {
        pipeline: context.plan.pipeline,
        node: plan.name,
        path,
        baseDir: context.plan.baseDir,
        logger: context.logger,
        metrics: context.metrics,
        clock: context.clock,
        expressions: context.expressions,
        signal: background.signal,
        store: (definition) => background.store(index, definition),
        decide: (record) => background.decide(record),
      }
      steps.push({ type, index, path, processor: await plugin.definition.create(config, stepContext) })
    }
    return new StepChain(steps)
  } catch (error) {
    await new StepChain(steps).close()
    throw error
  }
}
