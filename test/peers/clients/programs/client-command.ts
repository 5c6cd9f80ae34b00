import { text } from 'node:stream/consumers'
import type { Compression } from '../../../../broker/protocol/record-batch.ts'
import type { PeerRecord, PlacedRecord } from '../peer-record.ts'

/** What one of these programs is told by its only argument, as JSON. */
export type ClientCommand =
  | { readonly does: 'produce'; readonly address: string; readonly topic: string; readonly codec: Compression }
  | { readonly does: 'read'; readonly address: string; readonly topic: string; readonly count: number }
  /** Sends each line of its input as it comes, to partition 0, with an idempotent producer that never gives up. */
  | { readonly does: 'stream'; readonly address: string; readonly topic: string }
  | {
      readonly does: 'join'
      readonly address: string
      readonly topic: string
      readonly group: string
      readonly sessionTimeoutMs: number
    }

export type CommandTo<Does extends ClientCommand['does']> = Extract<ClientCommand, { does: Does }>

export function clientCommand(): ClientCommand {
  return JSON.parse(process.argv[2] ?? '') as ClientCommand
}

/** The records to be produced, a JSON array on the standard input. */
export async function recordsToProduce(): Promise<readonly PeerRecord[]> {
  return JSON.parse(await text(process.stdin)) as readonly PeerRecord[]
}

/** The lines of the standard input, those that came together in one array. */
export async function* linesAsTheyCome(): AsyncIterable<readonly string[]> {
  let open = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    const lines = (open + String(chunk)).split('\n')
    open = lines.pop() ?? ''
    if (lines.length > 0) yield lines
  }
}

/** Prints a record as a line of JSON; it is with the reader of the pipe when this returns. */
export function printRecord(record: PlacedRecord): void {
  process.stdout.write(`${JSON.stringify(record)}\n`)
}

/** Resolves when the process is told to end in order. */
export async function untilTold(): Promise<void> {
  await new Promise<void>((resolve) => process.once('SIGTERM', () => resolve()))
}

export function toBase64(bytes: Uint8Array | string | null | undefined): string | null {
  return bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString('base64')
}

export function fromBase64(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text, 'base64')
}
