import { parseArgs } from 'node:util'
import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Arguments, Command, OptionTable } from './command.ts'

/** A command and what it was given. */
export interface CommandCall {
  readonly command: Command
  readonly args: Arguments<OptionTable>
  /** Its help is asked for instead. */
  readonly wantsHelp: boolean
}

/** Every command takes these. */
const HELP = { type: 'boolean', short: 'h' } as const

/**
 * Finds the command of a command line and checks everything behind it. Throws E_USAGE, with what was probably meant,
 * for whatever the command does not know.
 */
export function readCommandLine(argv: readonly string[], commands: readonly Command[]): CommandCall {
  const command = findCommand(argv, commands)
  const rest = argv.slice(command.name.split(' ').length)
  return { command, ...readArguments(command, rest) }
}

/** The longest name that the line begins with. */
export function findCommand(argv: readonly string[], commands: readonly Command[]): Command {
  const [first = '', second = ''] = argv
  const found =
    commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
  if (found !== undefined) return found
  const below = commands.filter(({ name }) => name.startsWith(`${first} `)).map(({ name }) => name)
  if (below.length > 0) {
    const words = below.map((name) => name.slice(first.length + 1))
    const meant = nearestName(second, words)
    const fix = meant === undefined ? `write one of: ${below.join(', ')}` : `did you mean \`${first} ${meant}\`?`
    throw usage(
      second === '' ? `\`${first}\` needs a word behind it` : `there is no command \`${first} ${second}\``,
      fix,
    )
  }
  const meant = nearestName(first, new Set(commands.map(({ name }) => name.split(' ')[0] ?? '')))
  const fix = meant === undefined ? '`help` lists all commands' : `did you mean \`${meant}\`?`
  throw usage(`there is no command \`${first}\``, fix)
}

function readArguments(command: Command, rest: readonly string[]): Omit<CommandCall, 'command'> {
  const { tokens } = parseArgs({
    args: [...rest],
    options: { help: HELP, ...toNodeOptions(command.options) },
    // What is unknown is found below, where the table can say what was meant.
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const operands: string[] = []
  const texts = new Map<string, string[]>()
  const flags = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const option = token.name === 'help' ? { type: 'flag' } : ownOption(command, token.name)
    if (option === undefined) throw unknownOption(command, token.rawName)
    if (option.type === 'flag') {
      if (token.value !== undefined) throw usage(`${token.rawName} takes no value`, `write ${token.rawName} alone`)
      flags.add(token.name)
    } else texts.set(token.name, [...(texts.get(token.name) ?? []), valueOf(command, token)])
  }
  const wantsHelp = flags.has('help')
  if (!wantsHelp) checkOperands(command, operands)
  const options = Object.entries(command.options).map(([name, { type, many }]) => {
    const given = texts.get(name)
    return [name, type === 'flag' ? flags.has(name) : many === true ? (given ?? []) : given?.at(-1)]
  })
  return { args: { operands, options: Object.fromEntries(options) as Arguments<OptionTable>['options'] }, wantsHelp }
}

function ownOption({ options }: Command, name: string): OptionTable[string] | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined
}

function toNodeOptions(options: OptionTable): Record<string, { type: 'boolean' | 'string'; short?: string }> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      { type: type === 'flag' ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
    ]),
  )
}

/** `--data-dir --port 1` has lost the folder; `--from -1h` has not lost the time. */
function valueOf(
  command: Command,
  token: {
    readonly name: string
    readonly rawName: string
    readonly value: string | undefined
    readonly inlineValue?: boolean | undefined
  },
): string {
  const { value, rawName, inlineValue } = token
  const isLost = value === undefined || (inlineValue !== true && value.startsWith('--'))
  if (!isLost && value !== '') return value
  const placeholder = ownOption(command, token.name)?.value ?? 'VALUE'
  throw usage(`${rawName} needs a value`, `write ${rawName} ${placeholder}`)
}

function unknownOption(command: Command, rawName: string): StoplogError {
  const names = [...Object.keys(command.options), 'help']
  const meant = nearestName(rawName.replace(/^-+/, ''), names)
  const fix = meant === undefined ? `\`help ${command.name}\` lists its options` : `did you mean --${meant}?`
  return usage(`\`${command.name}\` has no option ${rawName}`, fix)
}

function checkOperands({ name, operands: wanted, minOperands, maxOperands }: Command, given: readonly string[]): void {
  if (given.length < minOperands) throw usage(`\`${name}\` needs ${wanted}`, `write ${name} ${wanted}`)
  if (given.length <= maxOperands) return
  const extra = given[maxOperands] ?? ''
  const fix = maxOperands === 0 ? `write ${name} alone` : `write ${name} ${wanted}`
  throw usage(`\`${name}\` does not know what to do with \`${extra}\``, fix)
}

/** A command line that cannot be understood. */
export function usage(message: string, fix: string): StoplogError {
  return new StoplogError('E_USAGE', message, { fix })
}
