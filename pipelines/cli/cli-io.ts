import type { Clock } from '../../schemas/runtime.ts'
import type { EmbeddedBrokerOptions } from '../runtime/embedded-broker.ts'

/** Where a command writes text. */
export interface TextOutput {
  /** Resolves when the text has been taken; never rejects, because a reader that has gone is no failure of ours. */
  write(text: string): Promise<void>
  /** Aborts when whoever read it has gone, as `head` does. */
  readonly closed: AbortSignal
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where there is none. */
  readonly columns: number
  /** Lines of the terminal; 24 where there is none. */
  readonly rows: number
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** A broker that was started for a command. */
export interface StartedBroker {
  /** `host:port` */
  readonly address: string
  close(): Promise<void>
}

/** The world that a command runs in. All of it is handed in, so that a test runs whole command lines in its process. */
export interface CliIo {
  readonly stdout: TextOutput
  readonly stderr: TextOutput
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute path that relative ones start from. */
  readonly cwd: string
  /** How the user called this program, such as `npx pipeline`: commands that are printed work when they are pasted. */
  readonly program: string
  readonly clock: Clock
  /** Calls back for every signal that asks the process to end. Returns how to stop that. */
  onSignal(listener: (signal: StopSignal) => void): () => void
  /** Starts the bundled broker on a data directory. Rejects as `EmbeddedBroker.start` does. */
  startBroker(options: EmbeddedBrokerOptions): Promise<StartedBroker>
}
