import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { installing } from '../servers/peer-cache.ts'
import { PeerMissing } from '../servers/peer-missing.ts'
import { runProgram } from '../servers/program.ts'
import { type Membership, type PeerClient, type Sending, SESSION_TIMEOUT_MS, type TopicAt } from './peer-client.ts'
import { PeerProcess } from './peer-process.ts'
import type { PeerRecord, PlacedRecord } from './peer-record.ts'

/** What stands between keys, values and records: nothing that a record holds by chance. */
const KEY_END = '<<key ends>>'
const RECORD_END = '<<record ends>>'

/** Partition, offset, time, lengths, headers; then key and value as they are. */
const FORMAT = String.raw`%p\t%o\t%T\t%K\t%S\t%h\n%k%s`

/** kcat with librdkafka, from the system's packages. `assignor` is what librdkafka calls it. */
export function createKcat(assignor?: string): PeerClient {
  return {
    name: assignor === undefined ? 'kcat' : `kcat (${assignor})`,
    setsTimestamps: false,
    // Its loop hands on what it has polled only while it runs; librdkafka has noted the offset by then.
    dropsOneWhenTold: true,
    install,
    lacks: () => null,
    cannotRead: () => null,
    produce,
    read,
    async stream({ address, topic }) {
      const options = [
        'enable.idempotence=true',
        'linger.ms=5',
        'message.timeout.ms=0',
        'reconnect.backoff.max.ms=500',
      ].flatMap((option) => ['-X', option])
      // -E: it is to go on when the broker is away.
      return new PeerProcess('kcat', ['-P', '-E', '-b', address, '-t', topic, '-p', '0', ...options], { input: null })
    },
    async join({ address, topic, group }: Membership) {
      const options = [
        `session.timeout.ms=${SESSION_TIMEOUT_MS}`,
        'heartbeat.interval.ms=500',
        'auto.commit.interval.ms=200',
        'auto.offset.reset=earliest',
        ...(assignor === undefined ? [] : [`partition.assignment.strategy=${assignor}`]),
      ].flatMap((option) => ['-X', option])
      return new PeerProcess('kcat', ['-b', address, ...options, '-u', '-J', '-G', group, topic])
    },
    valueIn: (line) => (JSON.parse(line) as { payload: string }).payload,
  }
}

async function install(): Promise<void> {
  try {
    await runProgram('kcat', ['-V'])
    return
  } catch (error) {
    if (!(error instanceof PeerMissing) || process.getuid?.() !== 0) throw error
  }
  await installing('kcat', async () => {
    await runProgram('apt-get', ['update'])
    await runProgram('apt-get', ['install', '-y', 'kcat'])
  })
}

/** One call for each run of records that differ in nothing but key and value: headers and nulls are options of kcat. */
async function produce({ address, topic, codec, records }: Sending): Promise<void> {
  for (const run of runsOf(records)) {
    const [first] = run
    if (first === undefined) continue
    const headers = first.headers.flatMap(([name, value]) => ['-H', value === null ? name : `${name}=${text(value)}`])
    const nulls = first.value === null ? ['-Z'] : []
    const options = [`compression.codec=${codec}`, 'linger.ms=100'].flatMap((option) => ['-X', option])
    const place = ['-P', '-b', address, '-t', topic, '-p', '0', '-D', RECORD_END, '-K', KEY_END]
    const input = Buffer.concat(
      run.flatMap(({ key, value }) => [...keyPart(key), bytes(value), Buffer.from(RECORD_END)]),
    )
    await new PeerProcess('kcat', [...place, ...options, ...headers, ...nulls], { input }).succeeded()
  }
}

function keyPart(key: string | null): readonly Buffer[] {
  return key === null ? [] : [bytes(key), Buffer.from(KEY_END)]
}

function runsOf(records: readonly PeerRecord[]): readonly (readonly PeerRecord[])[] {
  const runs: PeerRecord[][] = []
  let kind = ''
  for (const record of records) {
    const next = JSON.stringify([record.headers, record.value === null])
    if (next !== kind) runs.push([])
    runs.at(-1)?.push(record)
    kind = next
  }
  return runs
}

async function read({ address, topic }: TopicAt, count: number): Promise<readonly PlacedRecord[]> {
  const args = ['-C', '-b', address, '-t', topic, '-p', '0', '-o', 'beginning', '-c', String(count), '-q', '-f', FORMAT]
  const child = spawn('kcat', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  return placedRecords(await buffer(child.stdout))
}

function placedRecords(output: Buffer): readonly PlacedRecord[] {
  const records: PlacedRecord[] = []
  for (let at = 0; at < output.length;) {
    const lineEnd = output.indexOf('\n', at)
    const [partition, offset, timestamp, keyLength, valueLength, headers = ''] = output
      .toString('utf8', at, lineEnd)
      .split('\t')
    const keyEnd = lineEnd + 1 + Math.max(0, Number(keyLength))
    const end = keyEnd + Math.max(0, Number(valueLength))
    records.push({
      partition: Number(partition),
      offset: Number(offset),
      timestamp: Number(timestamp),
      key: Number(keyLength) < 0 ? null : output.toString('base64', lineEnd + 1, keyEnd),
      value: Number(valueLength) < 0 ? null : output.toString('base64', keyEnd, end),
      headers: headers === '' ? [] : headers.split(',').map(toHeader),
    })
    at = end
  }
  return records
}

/** kcat prints a null value as this word. */
function toHeader(header: string): readonly [string, string | null] {
  const split = header.indexOf('=')
  const value = header.slice(split + 1)
  return [header.slice(0, split), value === 'NULL' ? null : Buffer.from(value).toString('base64')]
}

function bytes(base64: string | null): Buffer {
  return Buffer.from(base64 ?? '', 'base64')
}

function text(base64: string): string {
  return bytes(base64).toString('utf8')
}
