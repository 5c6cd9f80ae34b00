import type { CliIo } from './cli-io.ts'
import { type CommandCall, readCommandLine, usage } from './command-line.ts'
import { COMMANDS } from './commands/index.ts'
import { EXIT } from './exit-code.ts'
import { done, failed, type Outcome, outcomeOf, toEnvelope } from './outcome.ts'
import { formatProblem } from './problem.ts'
import { commandHelp, programHelp } from './usage.ts'

/**
 * Runs one command line, without the name of the program, and resolves with its exit code. Everything outside is
 * reached through `io`; nothing is left running.
 */
export async function main(argv: readonly string[], io: CliIo): Promise<number> {
  const wantsJson = argv.slice(0, endOfOptions(argv)).includes('--json')
  const { name, outcome } = await runLine(argv, io)
  for (const problem of wantsJson ? [] : outcome.problems) await io.stderr.write(`${formatProblem(problem)}\n`)
  const text = wantsJson ? `${JSON.stringify(toEnvelope(name, outcome))}\n` : outcome.text
  if (text !== '') await io.stdout.write(text)
  return outcome.exitCode
}

async function runLine(argv: readonly string[], io: CliIo): Promise<{ name: string; outcome: Outcome }> {
  const [first] = argv
  if (first === undefined) {
    const text = programHelp(io.program, COMMANDS, io.stderr.columns)
    await io.stderr.write(text)
    return { name: '', outcome: failed([], { exitCode: EXIT.config }) }
  }
  if (first === '--version' || first === '-v') return runLine(['version', ...argv.slice(1)], io)
  let call: CommandCall | null = null
  try {
    if (isHelp(first)) return { name: 'help', outcome: help(argv.slice(1), io) }
    call = readCommandLine(argv, COMMANDS)
    const { command, args, wantsHelp } = call
    if (wantsHelp) return { name: 'help', outcome: done({ text: commandHelp(io.program, command, io.stdout.columns) }) }
    return { name: command.name, outcome: await command.run(args, io) }
  } catch (error) {
    return { name: call?.command.name ?? first, outcome: outcomeOf(error) }
  }
}

function isHelp(word: string): boolean {
  return word === 'help' || word === '--help' || word === '-h'
}

/** `help`, `help run`, `help dlq`, `help dlq show`. */
function help(words: readonly string[], { program, stdout }: CliIo): Outcome {
  const [first] = words
  if (first === undefined) return done({ text: programHelp(program, COMMANDS, stdout.columns) })
  const name = words.join(' ')
  const found = COMMANDS.filter((command) => command.name === name || command.name.startsWith(`${name} `))
  if (found.length === 0) throw usage(`there is no command \`${name}\``, '`help` lists all commands')
  return done({ text: found.map((command) => commandHelp(program, command, stdout.columns)).join('\n') })
}

function endOfOptions(argv: readonly string[]): number {
  const end = argv.indexOf('--')
  return end < 0 ? argv.length : end
}
