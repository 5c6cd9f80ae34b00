import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const LINE_FEED = 0x0a

/** What a number of lines is, whatever their order: two of them are equal only when each line stands as often in both. */
export class LineSet {
  #count = 0
  #sum = 0n
  bytes = 0

  add(line: Uint8Array): void {
    this.#count += 1
    this.bytes += line.length + 1
    this.#sum += createHash('sha1').update(line).digest().readBigUInt64BE()
  }

  get count(): number {
    return this.#count
  }

  equals(other: LineSet): boolean {
    return this.#count === other.#count && this.#sum === other.#sum
  }

  /** The lines of a file; `each` sees every one of them too. */
  static async ofFile(path: string, each: (line: string) => void = () => undefined): Promise<LineSet> {
    const lines = new LineSet()
    let rest = Buffer.alloc(0)
    for await (const chunk of createReadStream(path, { highWaterMark: 1_048_576 })) {
      const bytes = Buffer.concat([rest, chunk as Buffer])
      let start = 0
      for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
        const line = bytes.subarray(start, end)
        lines.add(line)
        each(line.toString('utf8'))
        start = end + 1
      }
      rest = Buffer.from(bytes.subarray(start))
    }
    if (rest.length > 0) throw new Error(`${path} does not end with a line end`)
    return lines
  }
}
