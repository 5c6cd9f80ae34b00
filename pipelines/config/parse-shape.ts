import type { z } from 'zod'
import { ERRORS, type ErrorCode } from '../../schemas/error-codes.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import type { Json } from '../../schemas/json.ts'
import { describeNode, locate, type TreeNode } from './document-tree.ts'
import type { DocumentValues } from './document-values.ts'
import type { Path } from './diagnostic.ts'
import type { Finding, Findings } from './findings.ts'
import type { Range } from './source-text.ts'
import { viewOf, type SchemaView } from './schema-view.ts'
import { alternativesOf, expectationOf, phraseIssue } from './shape-phrases.ts'
import { quoteForYaml } from './unquoted-text.ts'

type Issue = z.core.$ZodIssue

/** What `phraseIssue` says of a union whose schema has no words of its own. */
const UNNAMED = 'expected another value'

/** What older YAML reads as true or false, and YAML 1.2 as texts. */
const YAML_1_1_BOOLEANS: Readonly<Record<string, string>> = {
  yes: 'true',
  on: 'true',
  y: 'true',
  no: 'false',
  off: 'false',
  n: 'false',
}

/** A part of the document that is held against a schema. */
export interface ShapeSubject {
  readonly node: TreeNode
  /** Of the node, from the root of the document. */
  readonly path: Path
  readonly values: DocumentValues
  readonly findings: Findings
  /** Of the key before the node; what is missing in the node is reported there. */
  readonly keyRange?: Range
  /** Keys that are checked elsewhere. */
  readonly omit?: ReadonlySet<string>
  /** Keys that the schema does not know but that would be right all the same. */
  readonly alsoKnown?: readonly string[]
  /** Missing keys at the top of the node are no news: something else that stands there is reported. */
  readonly lenient?: boolean
}

/**
 * The node as the schema reads it, or undefined when it does not fit; everything that does not is reported at its
 * place, nearly-right keys and values with what was probably meant.
 */
export function parseShape<S extends z.ZodType>(schema: S, subject: ShapeSubject): z.output<S> | undefined {
  const { node, values, omit } = subject
  const input = values.json(node, omit)
  let result = schema.safeParse(input, { error: phraseIssue })
  if (result.success) return result.data
  const converted = withConvertedTexts(input, result.error.issues, subject)
  if (converted !== input) {
    result = schema.safeParse(converted, { error: phraseIssue })
    if (result.success) return result.data
  }
  new ShapeReport(schema, subject, input).report(result.error.issues)
  return undefined
}

/** `partitions: '${env:N}'` is a text only because it was filled in: where a number is expected, it is read as one. */
function withConvertedTexts(input: Json, issues: readonly Issue[], { node, values }: ShapeSubject): Json {
  let converted = input
  for (const issue of issues) {
    if (issue.code !== 'invalid_type') continue
    const path = issue.path as Path
    const { node: target, depth } = locate(node, path)
    if (depth < path.length || target.kind !== 'scalar' || values.fillings(target).length === 0) continue
    const text = String(values.scalar(target)).trim()
    if (issue.expected === 'boolean' && /^(?:true|false)$/.test(text))
      converted = replaced(converted, path, text === 'true')
    if (['number', 'int'].includes(issue.expected) && /^-?\d+(?:\.\d+)?$/.test(text)) {
      converted = replaced(converted, path, Number(text))
    }
  }
  return converted
}

function replaced(json: Json, path: Path, value: Json): Json {
  const [part, ...rest] = path
  if (part === undefined) return value
  if (Array.isArray(json)) return json.map((item: Json, index) => (index === part ? replaced(item, rest, value) : item))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, item]) => [key, key === part ? replaced(item, rest, value) : item]),
  )
}

class ShapeReport {
  readonly #schema: z.ZodType
  readonly #view: SchemaView
  readonly #subject: ShapeSubject
  readonly #input: Json
  /** Missing keys that were written in another way; the wrong key is reported already. */
  readonly #misspelt = new Set<string>()

  constructor(schema: z.ZodType, subject: ShapeSubject, input: Json) {
    this.#schema = schema
    this.#view = viewOf(schema)
    this.#subject = subject
    this.#input = input
  }

  report(issues: readonly Issue[]): void {
    const flat = issues.flatMap((issue) => flatten(issue, []))
    for (const issue of flat) if (issue.code === 'unrecognized_keys') this.#unknownKeys(issue)
    const asTexts = this.#readAsTexts(flat)
    for (const issue of flat) {
      if (issue.code === 'unrecognized_keys') continue
      const path = issue.path as Path
      const { node, depth } = locate(this.#subject.node, path)
      if (issue.code === 'invalid_key') this.#wrongKey(issue, path)
      else if (depth < path.length) this.#missing(path)
      else this.#wrong(issue, path, node, asTexts)
    }
  }

  #add(finding: Finding): void {
    this.#subject.findings.add(finding)
  }

  #unknownKeys(issue: Extract<Issue, { code: 'unrecognized_keys' }>): void {
    const path = issue.path as Path
    const { node } = locate(this.#subject.node, path)
    if (node.kind !== 'map') return
    const atTop = path.length === 0
    const known = [...this.#view.keysAt(path), ...(atTop ? (this.#subject.alsoKnown ?? []) : [])]
    for (const key of issue.keys) {
      const entry = node.entries.get(key)
      if (entry === undefined) continue
      const near = nearestName(
        key,
        known.filter((name) => !node.entries.has(name)),
      )
      if (near !== undefined) this.#misspelt.add(JSON.stringify([...path, near]))
      const fix =
        near === undefined
          ? `known keys are ${known.length === 0 ? 'none' : known.join(', ')}`
          : `did you mean \`${near}\`?`
      const message = `\`${key}\` is not a key that is read here`
      this.#add({ code: 'E_UNKNOWN_KEY', range: entry.keyRange, path: this.#full([...path, key]), message, fix })
    }
  }

  #wrongKey(issue: Extract<Issue, { code: 'invalid_key' }>, path: Path): void {
    const { entry, node } = locate(this.#subject.node, path)
    const message = issue.issues[0]?.message ?? issue.message
    this.#add({ code: 'E_VALUE', range: entry?.keyRange ?? headOf(node), path: this.#full(path), message })
  }

  #missing(path: Path): void {
    if (this.#misspelt.has(JSON.stringify(path)) || (this.#subject.lenient === true && path.length === 1)) return
    const { entry, node, depth } = locate(this.#subject.node, path)
    if (node.kind === 'map' && node.incomplete === true) return
    const key = String(path.at(-1) ?? '')
    const description = this.#view.descriptionAt(path)
    this.#add({
      code: 'E_REQUIRED',
      range: entry?.keyRange ?? (depth === 0 ? this.#subject.keyRange : undefined) ?? headOf(node),
      path: this.#full(path),
      message: `\`${key}\` is missing`,
      fix: description === undefined ? `add \`${key}: …\`` : `add \`${key}: …\`: ${description}`,
    })
  }

  #wrong(issue: Issue, path: Path, node: TreeNode, asTexts: ReadonlyMap<string, Issue>): void {
    const asText = asTexts.get(JSON.stringify(path))
    const isUnion = issue.code === 'invalid_union'
    const isText = node.kind === 'scalar' && typeof this.#subject.values.scalar(node) === 'string'
    const isType = issue.code === 'invalid_type' || (isUnion && !isText)
    const expected = (isType ? asText : undefined)?.message ?? issue.message
    const quotes = isType && asText === undefined ? this.#quotes(issue, path, node) : undefined
    const fix = this.#nearestChoice(issue, node) ?? quotes ?? this.#advice(path)
    this.#add({
      code: codeOf(issue) ?? (isType ? 'E_TYPE' : 'E_VALUE'),
      range: node.kind === 'scalar' ? node.range : headOf(node),
      path: this.#full(path),
      message: isType ? `${expected}, got ${describeNode(node)}` : expected,
      ...(fix === undefined ? {} : { fix }),
    })
  }

  #nearestChoice(issue: Issue, node: TreeNode): string | undefined {
    const written = node.kind === 'scalar' ? this.#subject.values.scalar(node) : undefined
    if (typeof written !== 'string') return undefined
    const isBoolean = issue.code === 'invalid_type' && issue.expected === 'boolean'
    const near = isBoolean ? YAML_1_1_BOOLEANS[written.toLowerCase()] : nearestName(written, choicesOf(issue))
    return near === undefined ? undefined : `did you mean \`${near}\`?`
  }

  /** What the schema says about the place. */
  #advice(path: Path): string | undefined {
    const key = path.findLast((part) => typeof part === 'string') ?? this.#subject.path.at(-1)
    const description = this.#view.descriptionAt(path)
    return description === undefined ? undefined : `${key}: ${description}`
  }

  /** The fix for a text that YAML read as something else. */
  #quotes(issue: Issue, path: Path, node: TreeNode): string | undefined {
    const wantsText = issue.code === 'invalid_type' && issue.expected === 'string'
    const written = this.#subject.findings.source.slice(node.range)
    if (node.kind === 'scalar' && node.value === null) return 'write a value behind it, or remove the key'
    if (!wantsText || written.includes('\n')) return undefined
    if (this.#view.isSecret(path)) return 'put it into quotes'
    return `put it into quotes: ${quoteForYaml(written)}`
  }

  /** What the schema says about numbers where it wants texts, once they are texts: "expected a duration such as …". */
  #readAsTexts(issues: readonly Issue[]): ReadonlyMap<string, Issue> {
    let input = this.#input
    for (const issue of issues) {
      const path = issue.path as Path
      const { node, depth } = locate(this.#subject.node, path)
      if (depth < path.length || node.kind !== 'scalar' || node.value === null || typeof node.value === 'string')
        continue
      input = replaced(input, path, String(node.value))
    }
    const found = new Map<string, Issue>()
    if (input === this.#input) return found
    const result = this.#schema.safeParse(input, { error: phraseIssue })
    for (const issue of result.error?.issues.flatMap((each) => flatten(each, [])) ?? []) {
      found.set(JSON.stringify(issue.path), issue)
    }
    return found
  }

  #full(path: Path): Path {
    return [...this.#subject.path, ...path]
  }
}

/** Issues of a union are those of the branch that was probably meant; where none is, one issue names all choices. */
function flatten(issue: Issue, prefix: Path): readonly Issue[] {
  const path = [...prefix, ...(issue.path as Path)]
  if (issue.code !== 'invalid_union') return [{ ...issue, path: [...path] }]
  const branches = issue.errors.map((branch) => branch.flatMap((each) => flatten(each, path)))
  const meant = branches
    .filter((branch) => branch.every((each) => each.path.length > path.length || each.code === 'unrecognized_keys'))
    .sort((a, b) => a.length - b.length)[0]
  if (meant !== undefined) return meant
  if (issue.message !== UNNAMED) return [{ ...issue, path: [...path] }]
  const atRoot = branches.flatMap((branch) => branch.filter((each) => each.path.length === path.length))
  if (atRoot.length === 0) return [{ ...issue, path: [...path] }]
  return [{ ...issue, path: [...path], message: `expected ${unionExpectation(atRoot)}` }]
}

function unionExpectation(issues: readonly Issue[]): string {
  const phrase = (issue: Issue): string =>
    issue.message.startsWith('expected ') ? issue.message.slice('expected '.length) : expectationOf(issue)
  return alternativesOf(issues.map(phrase))
}

/** A schema that refines its input may name the error that it means: `params: { code }`. */
function codeOf(issue: Issue): ErrorCode | undefined {
  const code: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined
  return typeof code === 'string' && isErrorCode(code) ? code : undefined
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code)
}

function choicesOf(issue: Issue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.filter((value): value is string => typeof value === 'string')
  if (issue.code === 'invalid_union') {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : []
    return [...options, ...issue.errors.flatMap((branch) => branch.flatMap(choicesOf))]
  }
  return []
}

/** Where a map or list begins: its first line, not all of it. */
function headOf(node: TreeNode): Finding['range'] {
  return { start: node.range.start, end: Math.min(node.range.end, node.range.start + 1) }
}
