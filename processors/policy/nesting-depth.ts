const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Whether JSON text has more lists and maps within each other than allowed. */
export function isNestedDeeper(json: Uint8Array, maxDepth: number): boolean {
  if (json.length <= 2 * maxDepth) return false
  let depth = 0
  let isInString = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (isInString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) isInString = false
    } else if (byte === QUOTE) isInString = true
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1
      if (depth > maxDepth) return true
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1
  }
  return false
}
