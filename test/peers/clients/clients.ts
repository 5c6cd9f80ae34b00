import { whyMissing } from '../servers/peer-missing.ts'
import { KAFKA_PYTHON } from './kafka-python.ts'
import { KAFKAJS } from './kafkajs.ts'
import { createKcat } from './kcat.ts'
import type { PeerClient } from './peer-client.ts'
import { PLATFORMATIC } from './platformatic.ts'

/** Every client that this broker is tried with. */
export const CLIENTS: readonly PeerClient[] = [createKcat(), KAFKAJS, PLATFORMATIC, KAFKA_PYTHON]

const missing = new Map<PeerClient, string | null>()
for (const client of CLIENTS) missing.set(client, await whyMissing(() => client.install()))

/** Why the client cannot be had on this machine, or null when it is there. */
export function whyClientMissing(client: PeerClient): string | null {
  return missing.get(client) ?? null
}
