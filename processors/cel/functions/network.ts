import { BlockList, isIP, isIPv4 } from 'node:net'
import { StoplogError } from '../../../schemas/stoplog-error.ts'
import { BoundedCache } from '../../bounded-cache.ts'
import { PROCESSOR_LIMITS } from '../../limits.ts'
import { type CelFunction, defineFunction, type Parameter } from '../cel-function.ts'
import { BOOL } from '../cel-type.ts'
import { text } from '../parameters.ts'
import { valueFailure } from '../value-failure.ts'

const known = new BoundedCache<string, BlockList>(PROCESSOR_LIMITS.maxCachedPatterns.default)

/** One range or a list of them; the compiled form is kept for those that are not literals. */
function ranges(name: string): Parameter<BlockList> {
  return { name, kinds: ['string', 'list'], optional: false, read: toBlockList }
}

function toBlockList(value: unknown): BlockList | undefined {
  if (typeof value === 'string') return known.get(value, () => listOfRanges([value]))
  if (!Array.isArray(value) || value.length > PROCESSOR_LIMITS.maxNetworkRanges.default) return undefined
  if (!value.every((range) => typeof range === 'string')) return undefined
  return known.get(JSON.stringify(value), () => listOfRanges(value))
}

function listOfRanges(written: readonly string[]): BlockList {
  const list = new BlockList()
  for (const range of written) {
    const [, address = '', prefix = ''] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(range) ?? []
    const family = isIP(address)
    const bits = prefix === '' ? (family === 4 ? 32 : 128) : Number(prefix)
    if (family === 0 || bits > (family === 4 ? 32 : 128)) {
      throw new StoplogError('E_EXPRESSION_VALUE', 'cidr(): the range is not an address with a prefix length', {
        fix: "ranges are written '10.0.0.0/8' or 'fd00::/8'",
      })
    }
    list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  }
  return list
}

export const NETWORK_FUNCTIONS: readonly CelFunction[] = [
  defineFunction({
    name: 'cidr',
    form: 'call',
    parameters: [ranges('range'), text('address')],
    result: BOOL,
    summary:
      'Whether an IPv4 or IPv6 address lies in a range or in one of a list of ranges; a text that is no address fails the event.',
    example: { expression: "cidr(['10.0.0.0/8', 'fd00::/8'], '10.1.2.3')", result: true },
    compute([list, address], at) {
      if (isIP(address) === 0 || address.includes('%')) {
        throw valueFailure(at, 'the text is no IP address', 'test it before, for example with matches()')
      }
      return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
    },
  }),
]
