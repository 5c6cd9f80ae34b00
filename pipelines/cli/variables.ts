import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { isJsonObject, type Json } from '../../schemas/json.ts'
import { usage } from './command-line.ts'

/** What `--var` and `--vars` were given. */
export interface VariableOptions {
  readonly var: readonly string[]
  readonly vars: readonly string[]
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The values for `${var:…}` of a command line: files in their order, then single ones, the later winning. */
export async function readVariables(given: VariableOptions, cwd: string): Promise<Readonly<Record<string, string>>> {
  const variables = new Map<string, string>()
  for (const file of given.vars) {
    for (const [name, value] of await readFileOfVariables(file, cwd)) variables.set(name, value)
  }
  for (const text of given.var) {
    const at = text.indexOf('=')
    const name = text.slice(0, Math.max(at, 0))
    // The value may be a secret, so it is not repeated.
    if (at < 0 || !NAME.test(name)) throw usage('--var needs a name and a value', 'write --var NAME=VALUE')
    variables.set(name, text.slice(at + 1))
  }
  return Object.fromEntries(variables)
}

async function readFileOfVariables(file: string, cwd: string): Promise<readonly (readonly [string, string])[]> {
  const fix = 'write one `NAME: value` per line'
  let json: Json
  try {
    json = parse(await readFile(resolve(cwd, file), 'utf8')) as Json
  } catch (error) {
    // A parser would quote the text, which may hold secrets.
    const reason = isMissing(error) ? 'there is no such file' : 'it cannot be read as YAML or JSON'
    throw usage(`--vars ${file}: ${reason}`, fix)
  }
  if (json === null) return []
  if (!isJsonObject(json)) throw usage(`--vars ${file}: it is not a map`, fix)
  return Object.entries(json).map(([name, value]) => {
    const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    if (!isScalar || !NAME.test(name)) throw usage(`--vars ${file}: \`${name}\` is not a name with a plain value`, fix)
    return [name, String(value)]
  })
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
