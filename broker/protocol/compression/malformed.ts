import { ProtocolError } from '../protocol-error.ts'

export function malformed(what: string): ProtocolError {
  return new ProtocolError('bad-compression', what)
}

/** Refuses data that says it would give more than the reader allows. */
export function checkSize(size: number, maxBytes: number): void {
  if (size > maxBytes) throw malformed(`would give ${size} bytes, ${maxBytes} are allowed`)
}

/** Runs a library over data from outside: what it throws is the data's fault. */
export function unpackWith<T>(library: string, unpack: () => T): T {
  try {
    return unpack()
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new ProtocolError('bad-compression', `${library}: ${detail}`, { cause: error })
  }
}
