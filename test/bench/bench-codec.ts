import { measure } from './measured-process.ts'
import type { CodecResult } from './programs/codec.ts'
import type { Section } from './section.ts'

/** Record batches in memory, on one thread. */
export async function benchCodec(): Promise<Section> {
  const { stdout } = await measure(new URL('programs/codec.js', import.meta.url), [])
  const results = JSON.parse(stdout) as readonly CodecResult[]
  return {
    title: 'Codec: batches of 64 KB with records of 1 KB',
    rows: results.map(({ name, ...row }) => ({ program: name, ...row })),
    bars: [],
    notes: [],
  }
}
