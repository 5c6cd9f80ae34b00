import { createHash } from 'node:crypto'
import { type CelFunction, defineFunction } from '../cel-function.ts'
import { STRING } from '../cel-type.ts'
import { text } from '../parameters.ts'

export const DIGEST_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'sha256',
    form: 'both',
    parameters: [text('text')],
    result: STRING,
    summary: 'The SHA-256 of the text in UTF-8, as 64 hex digits.',
    example: {
      expression: "sha256('abc')",
      result: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
    compute: ([subject]) => createHash('sha256').update(subject, 'utf8').digest('hex'),
  }),
]
