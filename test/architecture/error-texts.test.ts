import { expect, test } from 'vitest'
import { COMMANDS } from '../../pipelines/cli/commands/index.ts'
import { ERRORS } from '../../schemas/error-codes.ts'
import { argumentsOf, whyRefused } from '../support/command-lines.ts'

/** What users are told to type, wherever in the code it stands. */
const TEXTS = Object.entries(ERRORS).map(([name, { summary, fix }]) => ({ name, text: `${summary}\n${fix}` }))

/** Of `trivy` and of Kafka's own tools. */
const FOREIGN_OPTIONS = new Set(['format', 'reset-offsets', 'to-earliest'])

test('errors advise commands that there are', () => {
  const refused = TEXTS.flatMap(({ name, text }) =>
    [...text.matchAll(/`(pipeline [^`]+)`/g)].flatMap(([, line = '']) => {
      const reason = whyRefused(argumentsOf(line) ?? [])
      return reason === null ? [] : [`${name}: ${line}: ${reason}`]
    }),
  )
  expect(refused).toEqual([])
})

test('errors advise options that there are', () => {
  const options = new Set(['help', ...COMMANDS.flatMap((command) => Object.keys(command.options))])
  const unknown = TEXTS.flatMap(({ name, text }) =>
    [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].flatMap(([, option = '']) =>
      options.has(option) || FOREIGN_OPTIONS.has(option) ? [] : [`${name}: --${option}`],
    ),
  )
  expect(unknown).toEqual([])
})
