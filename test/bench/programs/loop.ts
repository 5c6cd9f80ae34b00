/**
 * The work of the pipeline `severe-findings` as a loop without a log: `loop.js INPUT OUTPUT`. This is what somebody
 * would write who needs nothing else: one JSON.parse a line, reads of 1 MiB, nothing synced, nothing remembered.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const READ_BYTES = 1_048_576
const LINE_FEED = 0x0a

interface Finding {
  readonly id: string
  readonly image: { readonly repo: string; readonly digest: string; readonly tag: string }
  readonly package: { readonly name: string; readonly version: string }
  readonly cve: string
  readonly severity: string
  readonly cvss: { readonly score: number }
  readonly ts: number
}

/** The new line, or null for a finding that does not pass. */
function convert(line: string): string | null {
  const finding = JSON.parse(line) as Finding
  const { severity, image, package: software } = finding
  if (severity !== 'HIGH' && severity !== 'CRITICAL') return null
  return JSON.stringify({
    id: finding.id,
    digest: image.digest,
    image: `${image.repo}:${image.tag}`,
    pkg: `${software.name}@${software.version}`,
    cve: finding.cve,
    sev: severity.toLowerCase(),
    score: finding.cvss.score,
    ts: finding.ts,
  })
}

function run(inputPath: string, outputPath: string): number {
  const input = openSync(inputPath, 'r')
  const output = openSync(outputPath, 'w')
  const buffer = Buffer.allocUnsafe(2 * READ_BYTES)
  let kept = 0
  let count = 0
  for (;;) {
    const read = readSync(input, buffer, kept, READ_BYTES, null)
    const end = kept + read
    const whole = read === 0 ? end : buffer.lastIndexOf(LINE_FEED, end - 1) + 1
    let out = ''
    for (const line of buffer.toString('utf8', 0, whole).split('\n')) {
      if (line === '') continue
      count += 1
      const converted = convert(line)
      if (converted !== null) out += `${converted}\n`
    }
    writeSync(output, out)
    if (read === 0) break
    buffer.copyWithin(0, whole, end)
    kept = end - whole
  }
  closeSync(input)
  closeSync(output)
  return count
}

const [, , input = '', output = ''] = process.argv
process.stdout.write(`${JSON.stringify({ count: run(input, output) })}\n`)
