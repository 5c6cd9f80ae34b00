import type { Command } from './command.ts'
import { definitionList, wrapIndented } from './text-layout.ts'

/** Wider lines are harder to read. */
const MAX_COLUMNS = 100

/** What the program is, and a line for each command. */
export function programHelp(program: string, commands: readonly Command[], columns: number): string {
  const width = Math.min(columns, MAX_COLUMNS)
  return [
    'Stoplog: security events from the tools that make them to the systems that act',
    'on them, through a durable log.',
    '',
    `Usage: ${program} COMMAND …`,
    '',
    definitionList(
      commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    '',
    `\`${program} help COMMAND\` says more about one of them.`,
    '',
    'Exit codes: 0 done, 1 ran and failed, 2 the document or the arguments are wrong,',
    '3 the surroundings are (port, broker, disk, credentials), 128+n ended by signal n.',
    '',
  ].join('\n')
}

/** Everything about one command. */
export function commandHelp(program: string, command: Command, columns: number): string {
  const width = Math.min(columns, MAX_COLUMNS)
  const { name, summary, operands, details, options, examples } = command
  const sections = [
    `Usage: ${[program, name, operands, Object.keys(options).length > 0 ? '[OPTIONS]' : ''].filter(Boolean).join(' ')}`,
    wrapIndented(summary, width, 0),
    ...details.map((paragraph) => wrapIndented(paragraph, width, 0)),
  ]
  if (Object.keys(options).length > 0) sections.push(`Options:\n${definitionList(optionEntries(command), width)}`)
  if (examples.length > 0) {
    const lines = examples.map(({ line, says }) => `  ${program} ${line}\n${wrapIndented(says, width, 6)}`)
    sections.push(`Examples:\n${lines.join('\n')}`)
  }
  return `${sections.join('\n\n')}\n`
}

function optionEntries({ options }: Command): readonly (readonly [string, string])[] {
  return Object.entries(options).map(([name, { short, value, type, summary }]) => {
    const names = short === undefined ? `--${name}` : `-${short}, --${name}`
    return [type === 'flag' ? names : `${names} ${value ?? 'VALUE'}`, summary]
  })
}
