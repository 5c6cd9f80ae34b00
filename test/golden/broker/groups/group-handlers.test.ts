import { expect, test } from 'vitest'
import { GroupCoordinator } from '../../../../broker/groups/group-coordinator.ts'
import { createGroupHandlers } from '../../../../broker/handlers/group-handlers.ts'
import { Reader } from '../../../../broker/protocol/reader.ts'
import { Writer } from '../../../../broker/protocol/writer.ts'
import { KeptLog } from '../../../support/kept-log.ts'
import { ManualScheduler } from '../../../support/manual-scheduler.ts'
import { MemoryMetadataStore } from '../../../support/memory-metadata-store.ts'
import recorded from './kafka-frames.json' with { type: 'json' }

/**
 * Whole lives of groups as they went with Apache Kafka, byte for byte: joining, syncing, heartbeats, commits, fetches,
 * descriptions, lists, leaving and deletion in every version, static members included. Only the random part of the
 * member ids is taken from the recording.
 */
const scheduler = new ManualScheduler()
let uniqueId = ''
const groups = new GroupCoordinator({
  store: new MemoryMetadataStore(),
  scheduler,
  logger: new KeptLog(),
  topics: { hasPartition: (topic, partition) => topic === 'golden' && partition < 2 },
  options: { initialRebalanceDelayMs: 0 },
  uniqueId: () => uniqueId,
})
const identity = { clusterId: 'recorded', nodeId: 0, host: '127.0.0.1', port: 9092 }
const handlers = new Map(createGroupHandlers({ groups, identity }).map((handler) => [handler.api.name, handler]))

/** In an answer to JoinGroup the last one is the new member's; a former leader's may stand before it. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g

async function answer(name: string, version: number, request: Buffer): Promise<Buffer> {
  const handler = handlers.get(name)!
  const { api } = handler
  const answering = handler.handle(api.readRequest(version, new Reader(request)), {
    header: { apiKey: api.key, apiVersion: version, correlationId: 1, clientId: 'recorder' },
    host: '127.0.0.1',
    signal: new AbortController().signal,
    disconnect: (reason) => {
      throw new Error(reason)
    },
    releaseRequest: () => undefined,
    whenSent: () => undefined,
  })
  await scheduler.advance(0)
  const writer = new Writer()
  api.writeResponse(version, writer, (await answering) as never)
  return writer.toBuffer()
}

test('the same requests get the same bytes as answers', async () => {
  const told = new Set<string>()
  for (const [i, frame] of recorded.frames.entries()) {
    const [name, version, request, response] = frame as [string, number, string, string]
    uniqueId = Buffer.from(response, 'hex').toString('latin1').match(UUID)?.at(-1) ?? ''
    const ours = await answer(name, version, Buffer.from(request, 'hex'))
    expect(ours.toString('hex'), `frame ${i}, ${name} ${version}: ${request}`).toBe(response)
    told.add(`${name} ${version}`)
  }
  expect(told.size).toBeGreaterThan(60)
})
