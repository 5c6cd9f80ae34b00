import { Backoff, CLIENT_BACKOFF } from '../../broker/client/backoff.ts'
import { Admin } from '../../broker/client/admin.ts'
import { OffsetOutOfRange } from '../../broker/client/fetcher.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { toNodeError } from './node-error.ts'
import type { NodeStatus } from './node-status.ts'
import { NodeStop } from './node-stop.ts'
import type { RunContext } from './run-context.ts'

/** A node that works until it is told to end, and can begin anew from what is committed. */
export interface RunnableNode {
  /**
   * Resolves when the signal aborts, or its input has ended. Rejects with NodeStop when it must not go on, with anything
   * else when it has broken down.
   */
  run(signal: AbortSignal): Promise<void>
  restart(): Promise<void>
}

/** What keeping a node at work needs of its run. */
type Surroundings = Pick<RunContext, 'clock' | 'cluster' | 'logger' | 'trouble'>

/**
 * Keeps a node at work: what breaks down is started again after a while, for as long as it takes, and soon where only
 * the broker was away; what must not go on stops, says why, and stops nobody else. Resolves when the node has ended, in
 * whichever way.
 */
export async function keepRunning(
  node: RunnableNode,
  status: NodeStatus,
  context: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const { clock, logger, trouble } = context
  const longestMs = PIPELINE_LIMITS.restartBackoffMs.default
  const backoff = new Backoff(clock, { firstMs: 100, maxMs: longestMs })
  const brokerBackoff = new Backoff(clock, CLIENT_BACKOFF)
  let mustRestart = false
  let startedMs = clock.now()
  while (!signal.aborted) {
    try {
      startedMs = clock.now()
      if (mustRestart) await node.restart()
      mustRestart = false
      status.state = 'running'
      status.error = null
      await node.run(signal)
      break
    } catch (thrown) {
      const error = await explain(thrown, context)
      if (thrown instanceof NodeStop || thrown instanceof OffsetOutOfRange) {
        status.state = 'stopped'
        status.error = error
        logger.error('a node has stopped', { node: status.name, code: error.code, reason: error.message })
        return
      }
      mustRestart = true
      status.state = 'retrying'
      status.error = error
      if (clock.now() - startedMs > longestMs) for (const each of [backoff, brokerBackoff]) each.reset()
      if (error.code === 'E_BROKER') {
        trouble.of(status.name)(error)
        await brokerBackoff.wait(signal).catch(() => undefined)
        continue
      }
      logger.warn('a node is started again', { node: status.name, code: error.code, reason: error.message })
      await backoff.wait(signal).catch(() => undefined)
    }
  }
  if (status.state !== 'stopped') status.state = 'done'
}

async function explain(thrown: unknown, context: Surroundings): Promise<StoplogError> {
  if (thrown instanceof NodeStop) return thrown.reason
  if (!(thrown instanceof OffsetOutOfRange)) return toNodeError(thrown)
  const { topic, partition, offset } = thrown
  const [start] = await new Admin(context.cluster).listOffsets([{ topic, partition }], 'earliest').catch(() => [])
  const gone = start === undefined ? 'some' : String(start.offset - offset)
  const message =
    start !== undefined && start.offset <= offset
      ? `${topic}-${partition} ends before offset ${offset}, up to which it was read: what is behind is not there any more`
      : `${gone} records from offset ${offset} on are gone from ${topic}-${partition}`
  return new StoplogError('E_OFFSET_GONE', message)
}
