import type { z } from 'zod'
import type { Json } from '../../schemas/json.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import { describeNode, locate, type TreeNode } from './document-tree.ts'
import type { DocumentValues } from './document-values.ts'
import type { Path } from './diagnostic.ts'
import type { Finding, Findings } from './findings.ts'
import { replaceAt } from './replace-at.ts'
import { viewOf, type SchemaView } from './schema-view.ts'
import { choicesOfIssue, codeOfIssue, parseWithIssues, type Issue } from './shape-issues.ts'
import type { Range } from './source-text.ts'
import { quoteForYaml } from './unquoted-text.ts'

/** What older YAML reads as true or false, and YAML 1.2 as texts. */
const YAML_1_1_BOOLEANS: ReadonlyMap<string, string> = new Map([
  ['yes', 'true'],
  ['on', 'true'],
  ['y', 'true'],
  ['no', 'false'],
  ['off', 'false'],
  ['n', 'false'],
])

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
  /** Missing keys at the top of the node are no news: something else that stands there is reported. */
  readonly lenient?: boolean
}

/** Turns the issues of one schema into findings at their places. */
export class ShapeReport {
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
    for (const issue of issues) if (issue.code === 'unrecognized_keys') this.#unknownKeys(issue)
    const asTexts = this.#readAsTexts(issues)
    for (const issue of issues) {
      if (issue.code === 'unrecognized_keys') continue
      const path = issue.path as Path
      const { node, depth } = locate(this.#subject.node, path)
      if (issue.code === 'invalid_key') this.#wrongKey(issue, path)
      else if (depth < path.length && issue.code !== 'custom') this.#missing(path)
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
    const known = this.#view.keysAt(path)
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
    const code = codeOfIssue(issue)
    const quotes = isType && asText === undefined ? this.#quotes(issue, path, node) : undefined
    const fix = this.#nearestChoice(issue, node) ?? quotes ?? (code === undefined ? this.#advice(path) : undefined)
    this.#add({
      code: code ?? (isType ? 'E_TYPE' : 'E_VALUE'),
      range: this.#complainsOfKey(issue, path) ?? (node.kind === 'scalar' ? node.range : headOf(node)),
      path: this.#full(path),
      message: isType ? `${expected}, got ${describeNode(node)}` : expected,
      ...(fix === undefined ? {} : { fix }),
    })
  }

  /** The range of the key, where a schema's own words name it in quotes or are about something that is not there. */
  #complainsOfKey(issue: Issue, path: Path): Range | undefined {
    const { entry, depth } = locate(this.#subject.node, path)
    if (issue.code !== 'custom') return undefined
    if (depth < path.length) return entry?.keyRange ?? this.#subject.keyRange
    return issue.message.includes(JSON.stringify(entry?.key)) ? entry?.keyRange : undefined
  }

  #nearestChoice(issue: Issue, node: TreeNode): string | undefined {
    const written = node.kind === 'scalar' ? this.#subject.values.scalar(node) : undefined
    if (typeof written !== 'string') return undefined
    const isBoolean = issue.code === 'invalid_type' && issue.expected === 'boolean'
    const near = isBoolean ? YAML_1_1_BOOLEANS.get(written.toLowerCase()) : nearestName(written, choicesOfIssue(issue))
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
    for (const issue of issues.slice(0, PIPELINE_LIMITS.diagnostics.default)) {
      const path = issue.path as Path
      const { node, depth } = locate(this.#subject.node, path)
      if (depth < path.length || node.kind !== 'scalar' || node.value === null || typeof node.value === 'string')
        continue
      input = replaceAt(input, path, String(node.value))
    }
    const found = new Map<string, Issue>()
    if (input === this.#input) return found
    const result = parseWithIssues(this.#schema, input)
    for (const issue of result.success ? [] : result.issues) found.set(JSON.stringify(issue.path), issue)
    return found
  }

  #full(path: Path): Path {
    return [...this.#subject.path, ...path]
  }
}

/** Where a map or list begins: its first line, not all of it. */
function headOf(node: TreeNode): Finding['range'] {
  return { start: node.range.start, end: Math.min(node.range.end, node.range.start + 1) }
}
