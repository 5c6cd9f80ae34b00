import type { ConnectorContext } from '../../connectors/connector.ts'
import type { RunContext } from './run-context.ts'

/** All that the connector of a node sees. */
export function connectorContext(
  plan: { readonly name: string },
  context: RunContext,
  signal: AbortSignal,
): ConnectorContext {
  const { logger, metrics, clock, expressions } = context
  return { name: plan.name, baseDir: context.plan.baseDir, logger, metrics, clock, expressions, signal }
}
