/** Bytes of a zigzag varint of an int32. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0
  if (zigzag < 0x80) return 1
  if (zigzag < 0x4000) return 2
  if (zigzag < 0x20_0000) return 3
  return zigzag < 0x1000_0000 ? 4 : 5
}

/** Writes a zigzag varint of an int32 and returns where it ends. */
export function writeVarint(buffer: Uint8Array, start: number, value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0
  let at = start
  while (rest >= 0x80) {
    buffer[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  buffer[at++] = rest
  return at
}

/** Writes a zigzag varint of a safe integer and returns where it ends. */
export function writeVarlong(buffer: Uint8Array, start: number, value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return writeVarint(buffer, start, value)
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  let at = start
  while (rest >= 0x80n) {
    buffer[at++] = Number(rest & 0x7fn) | 0x80
    rest >>= 7n
  }
  buffer[at++] = Number(rest)
  return at
}

/** Bytes of a zigzag varint of a safe integer. */
export function varlongSize(value: number): number {
  if (value >= -0x4000_0000 && value < 0x4000_0000) return varintSize(value)
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let size = 1
  while (rest >= 0x80) {
    rest = Math.floor(rest / 128)
    size += 1
  }
  return size
}
