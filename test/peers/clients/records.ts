import type { PeerRecord } from './peer-record.ts'

/** More than the 64 KiB blocks of lz4 and snappy, and than a client sends together with others. */
const LARGE_BYTES = 200_000

/** Records of every kind that all clients can send; times are from `start` on. */
export function allKinds(start: number): readonly PeerRecord[] {
  const headers = [header('source', 'trivy'), header('content-type', 'application/json'), header('größe', 'ä=ö')]
  const findings = Array.from({ length: 200 }, (_, n) => ({
    ...pair(
      `CVE-2021-${44_228 + n}`,
      JSON.stringify({ severity_id: n % 6, title: `finding ${n}`, text: 'x'.repeat(n) }),
    ),
    headers,
  }))
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, n) => n))
  const plain = [
    pair('large', 'stop log '.repeat(LARGE_BYTES / 9)),
    pair('without pattern', noise(LARGE_BYTES)),
    pair(everyByte, everyByte),
    pair('no value', null),
    pair('no value either', null),
    pair(null, 'no key'),
    pair('several\nlines', 'one\ntwo\t\r\n'),
    pair('empty', ''),
    pair('last', '{}'),
  ].map((record) => ({ ...record, headers: [] }))
  return [...findings, ...plain].map((record, n) => ({ ...record, timestamp: start + n * 1_001 }))
}

type Bytes = Uint8Array | string

function pair(key: Bytes | null, value: Bytes | null): Pick<PeerRecord, 'key' | 'value'> {
  return { key: key === null ? null : toBase64(key), value: value === null ? null : toBase64(value) }
}

function header(name: string, value: string): readonly [string, string] {
  return [name, toBase64(value)]
}

function toBase64(bytes: Bytes): string {
  return Buffer.from(bytes).toString('base64')
}

/** Bytes that no codec makes smaller, the same at each call (xorshift). */
function noise(count: number): Buffer {
  const bytes = Buffer.alloc(count)
  let state = 2_463_534_242
  for (let at = 0; at < count; at += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[at] = state & 0xff
  }
  return bytes
}
