import { isIPv4, isIPv6 } from 'node:net'
import { RegoSet } from '../rego-value.ts'
import { BuiltinFailure, checkItems, stringOperand, type BuiltinTable } from './builtin.ts'

/** Networks in CIDR notation. `net.cidr_contains` and `net.cidr_intersects` are in the wasm. */
export const NETWORK_BUILTINS: BuiltinTable = {
  'net.cidr_is_valid': ([text]) => typeof text === 'string' && parseNetwork(text) !== undefined,
  'net.cidr_expand': (args) => {
    const network = parseNetwork(stringOperand(args, 1))
    if (network === undefined) throw new BuiltinFailure('not a network in CIDR notation')
    const count = 1n << BigInt(network.bits - network.prefix)
    checkItems(count)
    const first = (network.address / count) * count
    const write = network.bits === 32 ? ipv4Text : ipv6Text
    return new RegoSet(Array.from({ length: Number(count) }, (_, index) => write(first + BigInt(index))))
  },
}

interface Network {
  readonly address: bigint
  readonly prefix: number
  readonly bits: 32 | 128
}

function parseNetwork(text: string): Network | undefined {
  const [, address = '', prefixText = ''] = /^([0-9a-fA-F.:]+)\/(\d{1,9})$/.exec(text) ?? []
  const prefix = Number(prefixText)
  if (isIPv4(address)) return prefix > 32 ? undefined : { address: ipv4Number(address), prefix, bits: 32 }
  if (isIPv6(address)) return prefix > 128 ? undefined : { address: ipv6Number(address), prefix, bits: 128 }
  return undefined
}

function ipv4Number(text: string): bigint {
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
}

function ipv6Number(text: string): bigint {
  const [head = '', tail] = text.split('::')
  const before = ipv6Groups(head)
  const after = tail === undefined ? [] : ipv6Groups(tail)
  const groups = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0n), ...after]
  return groups.reduce((sum, group) => sum * 65_536n + group, 0n)
}

function ipv6Groups(text: string): readonly bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)]
    const number = ipv4Number(group)
    return [number >> 16n, number & 0xffffn]
  })
}

function ipv4Text(address: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 255n).join('.')
}

/** RFC 5952: the first longest run of zero groups is `::`; IPv4 in its dotted form where it is mapped. */
function ipv6Text(address: bigint): string {
  if (address >> 32n === 0xffffn) return ipv4Text(address & 0xffff_ffffn)
  const groups = Array.from({ length: 8 }, (_, index) => ((address >> BigInt((7 - index) * 16)) & 0xffffn).toString(16))
  const [start, length] = longestZeroRun(groups)
  if (length < 2) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function longestZeroRun(groups: readonly string[]): readonly [start: number, length: number] {
  let best: readonly [number, number] = [0, 0]
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== '0') start = index + 1
    else if (index + 1 - start > best[1]) best = [start, index + 1 - start]
  }
  return best
}
