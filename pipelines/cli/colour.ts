import type { CliIo } from './cli-io.ts'

const COLOURS: Readonly<Record<string, string>> = { running: '32', retrying: '33', stopped: '31' }

/** Colours the state in a status line of a terminal, unless NO_COLOR is set (no-color.org). */
export function colourState(line: string, env: CliIo['env']): string {
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return line
  return line.replace(
    /(?<=^\S+ +)(running|retrying|stopped)\b/,
    (state) => `\u001b[${COLOURS[state] ?? '0'}m${state}\u001b[0m`,
  )
}
