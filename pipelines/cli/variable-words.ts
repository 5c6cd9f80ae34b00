import { isJsonObject, type Json } from '../../schemas/json.ts'
import { formatPath, type Path } from '../config/diagnostic.ts'
import type { ResolvedDocument } from '../config/resolved-document.ts'
import { shellWord } from './shell-word.ts'
import type { VariableOptions } from './variables.ts'

const MASK = '[secret]'

/**
 * `--var` and `--vars` as they were given, to be pasted. A value that a document uses as a secret is left to the shell:
 * `"--var TOKEN=$TOKEN"`. Invariant 7.
 */
export function variableWords(given: VariableOptions, resolved: readonly ResolvedDocument[]): string {
  const secrets = new Set(resolved.flatMap(secretVariables))
  const files = given.vars.map((file) => `--vars ${shellWord(file)}`)
  const values = given.var.map((text) => {
    const name = text.slice(0, text.indexOf('='))
    return secrets.has(name) ? `--var "${name}=$${name}"` : `--var ${shellWord(text)}`
  })
  return [...files, ...values].join(' ')
}

/** Names of the variables from which a masked value of the document was filled. */
function secretVariables({ document, origins }: ResolvedDocument): readonly string[] {
  const masked = new Set(maskedPaths(document, []))
  return origins
    .filter(({ path }) => masked.has(path))
    .flatMap(({ from }) => from.filter((name) => name.startsWith('var:')).map((name) => name.slice(4)))
}

function maskedPaths(json: Json, path: Path): readonly string[] {
  if (json === MASK) return [formatPath(path)]
  if (Array.isArray(json)) return json.flatMap((item: Json, index) => maskedPaths(item, [...path, index]))
  if (!isJsonObject(json)) return []
  return Object.entries(json).flatMap(([key, value]) => maskedPaths(value, [...path, key]))
}
