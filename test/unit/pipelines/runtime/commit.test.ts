import { describe, expect, test } from 'vitest'
import { commit } from '../../../../pipelines/runtime/commit.ts'
import { gate } from '../../../support/gate.ts'

describe('a commit', () => {
  test('Invariant 4: the place moves only when all output is durable', async () => {
    const order: string[] = []
    const durable = gate()
    const flush = async (): Promise<void> => {
      await durable.opened
      order.push('output')
    }
    const committed = commit({ flush }, async () => void order.push('place'))
    expect(order).toEqual([])
    durable.open()
    await committed
    expect(order).toEqual(['output', 'place'])
  })

  test('the place stays where the output could not be made durable', async () => {
    let hasMoved = false
    const failed = commit({ flush: () => Promise.reject(new Error('EIO')) }, async () => {
      hasMoved = true
    })
    await expect(failed).rejects.toThrow('EIO')
    expect(hasMoved).toBe(false)
  })
})
