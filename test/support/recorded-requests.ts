import { readdirSync, readFileSync } from 'node:fs'
import { APIS } from '../../broker/protocol/apis.ts'
import type { WireFrame } from './wire-frame.ts'

interface Recording {
  readonly frames: readonly {
    readonly api: string
    readonly version: number
    readonly direction: WireFrame['direction']
    readonly hex: string
  }[]
}

const FOLDER = new URL('../golden/frames/', import.meta.url)

/** Every request that real clients were recorded to send; see `test/golden/record-frames.ts`. */
export function recordedRequests(): readonly WireFrame[] {
  return readdirSync(FOLDER).flatMap((name) => {
    const { frames } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Recording
    return frames
      .filter(({ direction }) => direction === 'request')
      .map(({ api, version, direction, hex }) => ({
        direction,
        apiKey: APIS.find((known) => known.name === api)?.key ?? -1,
        apiVersion: version,
        bytes: Buffer.from(hex, 'hex'),
      }))
  })
}
