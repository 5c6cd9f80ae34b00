/** What a `${…}` in a text refers to. */
export interface Reference {
  readonly kind: 'env' | 'file' | 'var'
  /** Name of the variable, or path of the file. */
  readonly name: string
  /** Only of `env`: what stands behind `:-`. */
  readonly fallback: string | undefined
}

/** A stretch of a text: as it stands, or to be filled in. Offsets are those of the text before. */
export type TextPart =
  | { readonly kind: 'literal'; readonly start: number; readonly end: number; readonly text: string }
  | { readonly kind: 'reference'; readonly start: number; readonly end: number; readonly reference: Reference }
  | { readonly kind: 'broken'; readonly start: number; readonly end: number; readonly message: string }

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Splits a text at its `${env:…}`, `${file:…}` and `${var:…}`; `$${` is a plain `${`. */
export function parseReferences(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  const literal = (end: number): void => {
    if (end > from) parts.push({ kind: 'literal', start: from, end, text: text.slice(from, end) })
  }
  for (let at = text.indexOf('${'); at !== -1; at = text.indexOf('${', from)) {
    if (text[at - 1] === '$' && at - 1 >= from) {
      literal(at - 1)
      parts.push({ kind: 'literal', start: at - 1, end: at + 2, text: '${' })
      from = at + 2
      continue
    }
    literal(at)
    const close = text.indexOf('}', at)
    const end = close === -1 ? text.length : close + 1
    parts.push(close === -1 ? broken(at, end, '`${` is never closed') : toPart(text.slice(at + 2, close), at, end))
    from = end
  }
  literal(text.length)
  return parts
}

/** How a reference is written, without its default: `env:NAME`. Equal for equal values. */
export function referenceKey({ kind, name }: Reference): string {
  return `${kind}:${name}`
}

function toPart(inside: string, start: number, end: number): TextPart {
  const colon = inside.indexOf(':')
  const kind = inside.slice(0, Math.max(colon, 0))
  const rest = inside.slice(colon + 1)
  if (kind === 'file') {
    if (rest === '') return broken(start, end, '`${file:}` names no file')
    return { kind: 'reference', start, end, reference: { kind, name: rest, fallback: undefined } }
  }
  if (kind === 'env' || kind === 'var') {
    const divider = kind === 'env' ? rest.indexOf(':-') : -1
    const name = divider === -1 ? rest : rest.slice(0, divider)
    if (!NAME.test(name)) return broken(start, end, `\`${name}\` is not a name of letters, digits and "_"`)
    const fallback = divider === -1 ? undefined : rest.slice(divider + 2)
    return { kind: 'reference', start, end, reference: { kind, name, fallback } }
  }
  return broken(start, end, `\`\${${inside.slice(0, 40)}}\` begins with none of env:, file: and var:`)
}

function broken(start: number, end: number, message: string): TextPart {
  return { kind: 'broken', start, end, message }
}
