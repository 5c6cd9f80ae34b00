import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import type { ErrorCategory } from '../../schemas/errors/error-entry.ts'
import type { StopSignal } from './cli-io.ts'

/** Exit codes of every command. They are public: scripts depend on them. */
export const EXIT = {
  done: 0,
  /** It ran, and failed. */
  failed: 1,
  /** The document or the arguments are wrong. */
  config: 2,
  /** The surroundings are: a port, a broker, a disk, credentials. */
  environment: 3,
} as const

const BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  config: EXIT.config,
  environment: EXIT.environment,
  runtime: EXIT.failed,
  bug: EXIT.failed,
}

const SIGNAL_NUMBERS: Readonly<Record<StopSignal, number>> = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }

/** What the category of an error says. */
export function exitCodeOf(code: ErrorCode): number {
  return BY_CATEGORY[ERRORS[code].category]
}

/** 128+n, as shells say it of programs that a signal has ended. */
export function exitCodeOfSignal(signal: StopSignal): number {
  return 128 + SIGNAL_NUMBERS[signal]
}
