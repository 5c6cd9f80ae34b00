import type { Limit } from '../schemas/limit.ts'

/** Every bound of the broker. `createBroker` takes other values for the ones that a user may want to move. */
export const BROKER_LIMITS = {
  maxRequestBytes: {
    default: 104_857_600,
    unit: 'bytes',
    reason: "Kafka's socket.request.max.bytes; a larger frame closes the connection before it is read",
  },
  maxConnections: { default: 1_000, unit: 'count', reason: 'each one holds a socket and a read buffer' },
  maxInFlightPerConnection: {
    default: 64,
    unit: 'count',
    reason: 'requests of one connection that wait for their answer; beyond it the socket is not read',
  },
  maxQueuedRequestBytes: {
    default: 134_217_728,
    unit: 'bytes',
    reason: 'requests that wait for the disk, of all connections; beyond it no socket is read',
  },
} as const satisfies Record<string, Limit>
