import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './source-files.ts'

/** Frames that kafkajs recorded (MIT). They are not part of this repository; tests over them are skipped without it. */
const FOLDER = join(ROOT, '../shared/reference/kafkajs-frames')

export const HAS_KAFKAJS_FRAMES = existsSync(FOLDER)

/** Paths of all JSON files below a folder of the frames, such as `requests`, without that folder; none when absent. */
export function kafkajsFrames(folder: string): readonly string[] {
  if (!HAS_KAFKAJS_FRAMES) return []
  return readdirSync(join(FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.json'))
    .sort()
}

/** The bytes of one, which stand as a list of numbers in its JSON. */
export function readKafkajsFrame(path: string): Buffer {
  const { data } = JSON.parse(readKafkajsText(path)) as { data: readonly number[] }
  return Buffer.from(data)
}

export function readKafkajsText(path: string): string {
  return readFileSync(join(FOLDER, path), 'utf8')
}
