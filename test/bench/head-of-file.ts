import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename } from 'node:fs/promises'

const LINE_FEED = 0x0a

/** Copies the first lines of a file. */
export async function copyHead(from: string, to: string, lines: number): Promise<void> {
  const file = createWriteStream(`${to}.part`)
  let left = lines
  for await (const chunk of createReadStream(from, { highWaterMark: 1_048_576 })) {
    const bytes = chunk as Buffer
    let end = 0
    while (left > 0) {
      const lineEnd = bytes.indexOf(LINE_FEED, end)
      if (lineEnd < 0) break
      end = lineEnd + 1
      left -= 1
    }
    if (!file.write(left === 0 ? bytes.subarray(0, end) : bytes)) await once(file, 'drain')
    if (left === 0) break
  }
  file.end()
  await once(file, 'close')
  await rename(`${to}.part`, to)
}
