import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { CliFolder } from '../../support/cli.ts'
import { ROOT } from '../../support/source-files.ts'

/* What is wrong with a document ends a run before it begins: with code, place and fix, and with nothing touched. */

const SOUND = `pipeline: flow
sources:
  raw: { uses: file, with: { path: 'in/*.ndjson' } }
streams:
  kept:
    from: raw
    steps:
      - filter: 'value.n > 1'
      - policy: { bundle: ./behaviour.tar.gz, entrypoint: behaviour/verdict, as: verdict, on_policy_error: deny }
sinks:
  out: { from: kept, uses: file, with: { path: out/kept.ndjson } }
`

interface Wrong {
  readonly name: string
  /** A part of the sound document, and what stands there instead. */
  readonly change: readonly [from: string, to: string]
  /** Behind the name of the file: line and column, code, path. */
  readonly head: string
  readonly message: string
  readonly fix: string
}

const WRONG: readonly Wrong[] = [
  {
    name: 'a bracket that is never closed',
    change: [`'in/*.ndjson' } }`, `'in/*.ndjson' }`],
    head: ':3:8 E_YAML_SYNTAX',
    message: 'this { is never closed',
    fix: 'look at the place above and the line before it',
  },
  {
    name: 'a tab',
    change: ['  raw: {', '\traw: {'],
    head: ':3:1 E_YAML_SYNTAX',
    message: 'a tab stands where YAML wants spaces',
    fix: 'look at the place above and the line before it',
  },
  {
    name: 'an unknown key',
    change: ['uses: file, with: { path: out', 'uses: file, strat: earliest, with: { path: out'],
    head: ':11:34 E_UNKNOWN_KEY sinks.out.strat',
    message: '`strat` is not a key that is read here',
    fix: 'did you mean `start`?',
  },
  {
    name: 'an unknown step',
    change: ['- filter:', '- Filter:'],
    head: ':8:9 E_UNKNOWN_STEP streams.kept.steps[0].Filter',
    message: 'there is no step `Filter`',
    fix: 'did you mean `filter`?',
  },
  {
    name: 'an expression with a wrong name',
    change: ['value.n > 1', 'valu.n > 1'],
    head: ':8:18 E_EXPRESSION_NAME streams.kept.steps[0].filter',
    message: 'there is no variable `valu`',
    fix: 'did you mean value?',
  },
  {
    name: 'an expression that cannot be read',
    change: ['value.n > 1', 'value.n >> 1'],
    head: ':8:27 E_EXPRESSION_SYNTAX streams.kept.steps[0].filter',
    message: 'unexpected `>`',
    fix: '`pipeline describe cel` shows the dialect with examples',
  },
  {
    name: 'an expression without quotes that a comment cuts short',
    change: [`'value.n > 1'`, `value.t == 'no #1'`],
    head: ':8:17 E_YAML_QUOTE streams.kept.steps[0].filter',
    message: 'without quotes, YAML reads " #" as the beginning of a comment',
    fix: `- filter: "value.t == 'no #1'"`,
  },
  {
    name: 'an expression without quotes that a colon cuts short',
    change: [`'value.n > 1'`, `value.t == 'a: b'`],
    head: ':8:17 E_YAML_QUOTE streams.kept.steps[0].filter',
    message: 'without quotes, YAML reads ": " as the end of a key',
    fix: `- filter: "value.t == 'a: b'"`,
  },
  {
    name: 'a regular expression that only backtracking can match',
    change: ['value.n > 1', `value.t.matches("(a+)\\\\1$")`],
    head: ':8:34 E_REGEX streams.kept.steps[0].filter',
    message: 'RE2 refuses the regular expression: invalid escape sequence: `\\1`',
    fix: 'write it in RE2 syntax, which has no look-around and no back-references',
  },
  {
    name: 'a regular expression that grows when it is compiled',
    change: ['value.n > 1', 'value.t.matches("(x{1000}){1000}")'],
    head: ':8:34 E_REGEX streams.kept.steps[0].filter',
    message: 'RE2 refuses the regular expression',
    fix: 'write it in RE2 syntax',
  },
  {
    name: 'a bundle that is not there',
    change: ['./behaviour.tar.gz', './nothing.tar.gz'],
    head: ':9:9 E_POLICY_BUNDLE streams.kept.steps[1].policy',
    message: './nothing.tar.gz: there is no such file',
    fix: 'name a bundle made by `opa build -t wasm',
  },
  {
    name: 'a bundle that is no bundle',
    change: ['./behaviour.tar.gz', './in/a.ndjson'],
    head: ':9:9 E_POLICY_BUNDLE streams.kept.steps[1].policy',
    message: './in/a.ndjson: this is neither a bundle',
    fix: 'name a bundle made by `opa build -t wasm',
  },
  {
    name: 'a bundle without the entrypoint',
    change: ['behaviour/verdict', 'behaviour/verdikt'],
    head: ':9:9 E_POLICY_ENTRYPOINT streams.kept.steps[1].policy',
    message: 'has no entrypoint behaviour/verdikt; did you mean behaviour/verdict?',
    fix: 'name one of these, or build the bundle with `-e behaviour/verdikt`',
  },
  {
    name: 'a bundle that calls functions which are not there',
    change: ['./behaviour.tar.gz, entrypoint: behaviour/verdict', './reaching-out.tar.gz, entrypoint: reaching/out'],
    head: ':9:9 E_POLICY_BUILTIN streams.kept.steps[1].policy',
    message: 'http.send (a policy does no I/O here',
    fix: 'write the rule without them, or bring the facts in with the event',
  },
  {
    name: 'a variable of the environment that is not there',
    change: [`out/kept.ndjson } }`, `'\${env:WHERE}' } }`],
    head: ':11:49 E_ENV_MISSING sinks.out.with.path',
    message: 'the environment variable WHERE is not set',
    fix: 'set it, or give a default: ${env:WHERE:-default}',
  },
]

const folders: CliFolder[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove()
})

async function createFolder(document: string): Promise<CliFolder> {
  const folder = await CliFolder.create({ 'flow.yaml': document, 'in/a.ndjson': '{"n":1}\n{"n":2}\n{"n":3}\n' })
  folders.push(folder)
  for (const name of ['behaviour.tar.gz', 'reaching-out.tar.gz']) {
    await copyFile(join(ROOT, 'test/golden/policy/bundles', name), join(folder.path, name))
  }
  return folder
}

test.for(WRONG)('$name is told with its place and what to do', async ({ change: [from, to], head, message, fix }) => {
  expect(SOUND).toContain(from)
  const folder = await createFolder(SOUND.replace(from, to))
  for (const command of ['validate', 'run']) {
    const { code, stdout, stderr } = await folder.run(command, 'flow.yaml')
    expect(code).toBe(2)
    expect(stderr).toContain(`flow.yaml${head}\n`)
    expect(stderr).toContain(message)
    expect(stderr).toContain(`\n   fix: ${fix}`)
    expect(command === 'validate' ? stdout : '1 error').toContain('1 error')
    // Nothing was begun.
    await expect(folder.read('.stoplog/format')).rejects.toThrow('ENOENT')
  }
})

test('whatever was wrong, the corrected document reads all of its input', async () => {
  const folder = await createFolder(SOUND.replace('- filter:', '- Filter:'))
  expect((await folder.run('run', 'flow.yaml')).code).toBe(2)
  await folder.write('flow.yaml', SOUND)
  expect((await folder.run('run', 'flow.yaml')).code).toBe(0)
  expect(await folder.lines('out/kept.ndjson')).toHaveLength(2)
})

test('a document that is not there', async () => {
  const folder = await createFolder(SOUND)
  const { code, stderr } = await folder.run('run', 'flwo.yaml')
  expect(code).toBe(2)
  expect(stderr).toContain('flwo.yaml E_DOCUMENT_READ\n   there is no file flwo.yaml')
})

test('input that is not there ends its source, and what to do is told', async () => {
  const folder = await createFolder(SOUND.replace('in/*', 'inn/*'))
  const { code, stderr } = await folder.run('run', 'flow.yaml')
  expect(code).toBe(3)
  expect(folder.relative(stderr)).toContain(
    'flow.yaml E_FILE_NONE sources.raw\n   no file matches inn/*.ndjson in .\n' +
      '   fix: check the path: it is relative to the folder of the document; `allow_empty: true`',
  )
})
