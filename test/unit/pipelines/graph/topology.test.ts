import { describe, expect, test } from 'vitest'
import {
  ancestorsOf,
  findCycles,
  nodesBetween,
  topologicalOrder,
  type GraphNode,
} from '../../../../pipelines/graph/topology.ts'

/** `a<b,c d` is the node a that reads b and c, and the node d that reads nothing. */
function graph(text: string): GraphNode[] {
  return text
    .split(' ')
    .filter((part) => part !== '')
    .map((part) => {
      const [name = '', from = ''] = part.split('<')
      return { name, from: from === '' ? [] : from.split(',') }
    })
}

describe('topologicalOrder', () => {
  test.for([
    ['', ''],
    ['a', 'a'],
    ['c<b b<a a', 'a b c'],
    ['d<b,c b<a c<a a', 'a b c d'],
    ['a<nobody b<a', 'a b'],
    ['a<b b<a c<a', 'b a c'],
  ])('%s is %s', ([text, order]) => {
    expect(topologicalOrder(graph(text ?? '')).join(' ')).toBe(order)
  })

  test('goes through long chains without a stack frame for each node', () => {
    const chain = Array.from({ length: 50_000 }, (_, i) => ({ name: `n${i}`, from: [`n${i + 1}`] }))
    expect(topologicalOrder(chain)[0]).toBe('n49999')
    expect(findCycles(chain)).toEqual([])
  })
})

describe('findCycles', () => {
  test.for<[text: string, cycles: string[]]>([
    ['a<b b<c c', []],
    ['a<b,c b<d c<d d', []],
    ['a<a', ['a']],
    ['a<b b<a', ['a b']],
    ['a<s,c b<a c<b s', ['a b c']],
    ['x<a a<c b<a c<b', ['a b c']],
    ['a<b b<a c<d d<c', ['a b', 'c d']],
    ['a<b,c b<a c<a', ['a b']],
  ])('%s has %j', ([text, cycles]) => {
    expect(findCycles(graph(text)).map((cycle) => cycle.join(' '))).toEqual(cycles)
  })
})

describe('nodesBetween', () => {
  const nodes = graph('s t a<s b<a,t c<a d<c,b e<t')
  const byName = new Map(nodes.map((node) => [node.name, node]))
  const order = topologicalOrder(nodes)

  test.for([
    ['s', 'd', 's a b c d'],
    ['t', 'd', 't b d'],
    ['s', 'e', ''],
    ['s', 's', 's'],
  ] as const)('%s to %s', ([first, last, between]) => {
    const found = nodesBetween(first, last, order, byName)
    expect([...found].sort().join(' ')).toBe(between.split(' ').sort().join(' '))
  })

  test('ancestors hold the node itself and no unknown names', () => {
    expect([...ancestorsOf('b', new Map([...byName, ['b', { name: 'b', from: ['a', 'nobody'] }]]))]).toEqual([
      'b',
      'a',
      's',
    ])
  })
})
