import { PIPELINE_LIMITS } from '../limits.ts'
import { composeTree, type ComposedTree } from './compose-tree.ts'
import { pathAt, type TreeNode } from './document-tree.ts'
import type { Finding, Findings } from './findings.ts'
import { SourceText } from './source-text.ts'
import { findUnquotedText, quoteForYaml, type UnquotedText } from './unquoted-text.ts'
import { readYamlSyntax, type YamlSyntax } from './yaml-syntax.ts'

const FORBIDDEN_CHARACTER =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** A line that lacks quotes. */
interface Repair {
  readonly unquoted: UnquotedText
  readonly line: number
}

/**
 * Parses YAML into a tree and reports all that is wrong with it as YAML. Values that lack quotes are reported with the
 * line as it should be, and read as a text of the same length, so that the rest of the document is checked as well.
 * Null when nothing can be said about the rest.
 */
export function parseDocument(findings: Findings): TreeNode | null {
  const { source } = findings
  const forbidden = FORBIDDEN_CHARACTER.exec(source.text)
  if (forbidden !== null) {
    return giveUp(findings, forbidden.index, `a control character (${codePoint(forbidden[0])}) in the document`)
  }
  const repairs: Repair[] = []
  let text = source.text
  for (;;) {
    const syntax = readYamlSyntax(text)
    const tree = syntax === undefined ? undefined : composeTree(syntax.contents, new SourceText(source.file, text))
    if (syntax === undefined || tree === undefined) return tooLarge(findings)
    const found = repairs.length < PIPELINE_LIMITS.quoteRepairs.default ? findRepairs(syntax, tree, text, source) : []
    if (found.length > 0) {
      repairs.push(...found)
      for (const { unquoted } of found) text = masked(text, unquoted)
      continue
    }
    const [error] = syntax.errors
    reportRepairs(repairs, error === undefined ? tree.root : null, findings)
    if (error !== undefined) return giveUp(findings, error.offset, error.message)
    for (const finding of [...tree.findings, ...tree.unresolved]) findings.add(finding)
    reportTags(syntax, tree.root, findings)
    return tree.root
  }
}

/** Where the parser complains, the line is searched for values that lack quotes. Later errors may be consequences. */
function findRepairs(syntax: YamlSyntax, tree: ComposedTree, text: string, source: SourceText): readonly Repair[] {
  const [error] = syntax.errors
  const offsets = error === undefined ? [...syntax.tags, ...tree.suspects] : [error.offset]
  const repairs = new Map<number, Repair>()
  for (const offset of offsets) {
    const { line } = source.placeAt(Math.min(offset, text.length - 1))
    const range = source.lineRange(line)
    for (const found of findUnquotedText(text.slice(range.start, range.end), syntax.flowDepthAt(range.start))) {
      const unquoted = { ...found, start: range.start + found.start, end: range.start + found.end }
      const complained = offset >= unquoted.start && offset <= unquoted.end
      if (!unquoted.doubtful || complained) repairs.set(unquoted.start, { unquoted, line })
    }
  }
  return [...repairs.values()].slice(0, PIPELINE_LIMITS.quoteRepairs.default)
}

function masked(text: string, { start, end }: UnquotedText): string {
  return `${text.slice(0, start)}${'x'.repeat(end - start)}${text.slice(end)}`
}

function reportRepairs(repairs: readonly Repair[], root: TreeNode | null, findings: Findings): void {
  for (const { unquoted, line } of repairs) {
    const sameLine = repairs.filter((repair) => repair.line === line).map((repair) => repair.unquoted)
    findings.add({
      code: 'E_YAML_QUOTE',
      range: unquoted,
      path: root === null ? [] : pathAt(root, unquoted.start),
      message: `without quotes, YAML reads ${unquoted.reading}`,
      fix: quotedLine(findings.source, line, sameLine),
      cause: true,
    })
  }
}

/** The line as it should be: every value that wants quotes has them. */
function quotedLine(source: SourceText, line: number, unquoted: readonly UnquotedText[]): string {
  const range = source.lineRange(line)
  let text = source.slice(range)
  for (const { start, end } of [...unquoted].sort((a, b) => b.start - a.start)) {
    const from = start - range.start
    text = text.slice(0, from) + quoteForYaml(text.slice(from, end - range.start)) + text.slice(end - range.start)
  }
  return text.trim()
}

function reportTags(syntax: YamlSyntax, root: TreeNode, findings: Findings): void {
  for (const start of syntax.tags.slice(0, PIPELINE_LIMITS.diagnostics.default)) {
    const tag = /^[^\s,{}[\]]+/.exec(findings.source.text.slice(start, start + 80))?.[0] ?? '!'
    const finding: Finding = {
      code: 'E_YAML_TAG',
      range: { start, end: start + tag.length },
      path: pathAt(root, start),
      message: `the tag ${tag} means nothing here`,
      cause: true,
    }
    findings.add(finding)
  }
}

function giveUp(findings: Findings, offset: number, message: string): null {
  const start = Math.min(offset, findings.source.text.length)
  findings.add({ code: 'E_YAML_SYNTAX', range: { start, end: start + 1 }, path: [], message, cause: true })
  return null
}

function tooLarge(findings: Findings): null {
  const { documentDepth, documentTokens, documentValues } = PIPELINE_LIMITS
  const message =
    `the document goes beyond a limit: ${documentDepth.default} levels, ${documentTokens.default} words and signs, ` +
    `${documentValues.default} values with all aliases written out`
  findings.add({ code: 'E_DOCUMENT_LIMIT', range: { start: 0, end: 0 }, path: [], message })
  return null
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
