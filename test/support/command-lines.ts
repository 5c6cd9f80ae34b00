import { readCommandLine } from '../../pipelines/cli/command-line.ts'
import { COMMANDS } from '../../pipelines/cli/commands/index.ts'
import { shellWords } from './cli.ts'

/** What ends a command for a shell. */
const END = /^(?:[|&;#].*|\d*>.*)$/

/** The arguments of a line that calls this program, as a shell would hand them over; null for any other line. */
export function argumentsOf(line: string): readonly string[] | null {
  const called = /^(?:\$ )?(?:npx )?(?:pipeline|stoplog)(?:$| )(.*)$/.exec(line.trim())
  if (called === null) return null
  const words = shellWords(called[1] ?? '')
  const end = words.findIndex((word) => END.test(word))
  return end < 0 ? words : words.slice(0, end)
}

/** Why this program would refuse the arguments; null when it would not. */
export function whyRefused(argv: readonly string[]): string | null {
  if (argv[0] === undefined || argv[0] === 'help') return null
  try {
    readCommandLine(argv, COMMANDS)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
