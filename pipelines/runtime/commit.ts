import type { Producer } from '../../broker/client/producer.ts'

/**
 * The one place where progress becomes durable: first everything that was written on behalf of the events (output,
 * state, decisions, dead letters), then the place behind them. In between a crash repeats events; it loses none.
 * Invariants 4 and 5. A transaction around the two makes it exactly once, and belongs here.
 */
export async function commit(outputs: Pick<Producer, 'flush'>, moveOn: () => Promise<void>): Promise<void> {
  await outputs.flush()
  await moveOn()
}
