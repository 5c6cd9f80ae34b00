import type { Limit } from '../../schemas/limit.ts'

/** Bounds of messages and their memory. How large one may be is the business of those who read it from a socket. */
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
  freeFrameBytes: {
    default: 16_777_216,
    unit: 'bytes',
    reason: 'memory of messages that waits to be used again; beyond it, it is left to the garbage collector',
  },
} as const satisfies Record<string, Limit>
