/** A fenced block of a document in Markdown. */
export interface CodeBlock {
  /** Line of its first line of content, from 1. */
  readonly line: number
  /** First word behind the fence; empty when there is none. */
  readonly language: string
  /** Further words: what a reader has to know about the block. */
  readonly marks: readonly string[]
  readonly text: string
}

const FENCE = /^(?<indent> *)(?<fence>`{3,}|~{3,})(?<info>[^`]*)$/

/** Finds all fenced blocks. Throws when one is not closed: the rest of the document would be code. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = []
  const lines = markdown.split('\n')
  for (let i = 0; i < lines.length; i += 1) {
    const opening = FENCE.exec(lines[i] ?? '')?.groups
    if (opening === undefined) continue
    const { indent = '', fence = '', info = '' } = opening
    const start = i + 1
    const end = lines.findIndex((line, index) => index >= start && isClosing(line, fence))
    if (end < 0) throw new Error(`the block that begins in line ${start} is not closed`)
    const [language = '', ...marks] = info.trim().split(/\s+/)
    const text = lines.slice(start, end).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    blocks.push({ line: start + 1, language, marks, text: `${text.join('\n')}\n` })
    i = end
  }
  return blocks
}

function isClosing(line: string, fence: string): boolean {
  const found = /^ *(`{3,}|~{3,}) *$/.exec(line)?.[1]
  return found !== undefined && found[0] === fence[0] && found.length >= fence.length
}
