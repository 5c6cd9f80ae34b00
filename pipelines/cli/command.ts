import type { CliIo } from './cli-io.ts'
import type { Outcome } from './outcome.ts'

export interface CommandOption {
  /** A flag is there or not; a text has a value behind it. */
  readonly type: 'flag' | 'text'
  readonly short?: string
  /** It may be given several times. */
  readonly many?: true
  /** What stands for the value in the help: `DIR`. */
  readonly value?: string
  readonly summary: string
}

export type OptionTable = Readonly<Record<string, CommandOption>>

type ValueOf<O extends CommandOption> = O extends { readonly type: 'flag' }
  ? boolean
  : O extends { readonly many: true }
    ? readonly string[]
    : string | undefined

/** What was given on a command line, checked against the command's table. */
export interface Arguments<T extends OptionTable> {
  readonly operands: readonly string[]
  readonly options: { readonly [K in keyof T]: ValueOf<T[K]> }
}

export interface CommandExample {
  /** Behind the program's name. */
  readonly line: string
  readonly says: string
}

/** A command of the program. Parsing, help and suggestions are made from this. */
export interface CommandDefinition<T extends OptionTable> {
  /** One word, or two: `dlq show`. */
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** What stands behind the name, for the help: `FILE… | FOLDER`. */
  readonly operands: string
  readonly minOperands: number
  readonly maxOperands: number
  readonly options: T
  /** Paragraphs of the help that say what the table does not. */
  readonly details: readonly string[]
  readonly examples: readonly CommandExample[]
  /** Imports what it needs when it is called, so that no command pays for another one. */
  run(args: Arguments<T>, io: CliIo): Promise<Outcome>
}

export type Command = CommandDefinition<OptionTable>

/** Types the values that `run` gets by the table of options. */
export function defineCommand<const T extends OptionTable>(command: CommandDefinition<T>): Command {
  return command
}
