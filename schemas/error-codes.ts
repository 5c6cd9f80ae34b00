import { CONNECTOR_ERRORS } from './errors/connector-errors.ts'
import { DOCUMENT_ERRORS } from './errors/document-errors.ts'
import { ENVIRONMENT_ERRORS } from './errors/environment-errors.ts'
import { EVENT_ERRORS } from './errors/event-errors.ts'
import { POLICY_ERRORS } from './errors/policy-errors.ts'
import { RUNNING_ERRORS } from './errors/running-errors.ts'
import type { ErrorEntry } from './errors/error-entry.ts'

/**
 * Every error that a user can meet, by its stable code. A code is never given another meaning, and a retired one is
 * never used again.
 */
export const ERRORS = {
  ...DOCUMENT_ERRORS,
  ...ENVIRONMENT_ERRORS,
  ...EVENT_ERRORS,
  ...POLICY_ERRORS,
  ...CONNECTOR_ERRORS,
  ...RUNNING_ERRORS,
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
