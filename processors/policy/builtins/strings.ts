import { BuiltinFailure, checkItems, intOperand, stringOperand, stringsOperand, type BuiltinTable } from './builtin.ts'

/** What the wasm lacks of Rego's functions on strings. Positions count characters (code points), as in OPA. */
export const STRING_BUILTINS: BuiltinTable = {
  'strings.any_prefix_match': (args) => {
    const [texts, prefixes] = [stringsOperand(args, 1), stringsOperand(args, 2)]
    return texts.some((text) => prefixes.some((prefix) => text.startsWith(prefix)))
  },
  'strings.any_suffix_match': (args) => {
    const [texts, suffixes] = [stringsOperand(args, 1), stringsOperand(args, 2)]
    return texts.some((text) => suffixes.some((suffix) => text.endsWith(suffix)))
  },
  'strings.count': (args) => {
    const [text, part] = [stringOperand(args, 1), stringOperand(args, 2)]
    return part === '' ? Array.from(text).length + 1 : text.split(part).length - 1
  },
  'strings.split_n': (args) => {
    const [text, delimiter, count] = [stringOperand(args, 1), stringOperand(args, 2), intOperand(args, 3)]
    const parts = delimiter === '' ? Array.from(text) : text.split(delimiter)
    checkItems(parts.length)
    return count < 0 ? parts.slice(count) : parts.slice(0, count)
  },
  indexof_n: (args) => positionsOf(stringOperand(args, 1), stringOperand(args, 2)),
}

/** Where a text stands in another one, overlapping occurrences included. */
function positionsOf(text: string, part: string): readonly number[] {
  if (part === '') throw new BuiltinFailure('empty search character')
  const positions: number[] = []
  let characters = 0
  let counted = 0
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    for (; counted < at; counted += 1) if (!isSecondHalf(text.charCodeAt(counted))) characters += 1
    checkItems(positions.length)
    positions.push(characters)
  }
  return positions
}

/** The second of the two units that make one character beyond U+FFFF. */
function isSecondHalf(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff
}
