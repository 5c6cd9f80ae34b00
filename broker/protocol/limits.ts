import type { Limit } from '../../schemas/limit.ts'

/** Bounds of single messages. How large a message may be is the business of those who read it from a socket. */
export const PROTOCOL_LIMITS = {
  maxElements: {
    default: 1_000_000,
    unit: 'count',
    reason: 'elements of all arrays of one message, numbers apart: one byte on the wire may become an object in memory',
  },
  maxTextBytes: {
    default: 32_767,
    unit: 'bytes',
    reason: 'what the two-byte length of older versions can say, and what Kafka takes in the others',
  },
} as const satisfies Record<string, Limit>
