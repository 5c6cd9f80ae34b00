import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import { Random } from '../support/random.ts'

const START_MS = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const IMAGES = 5_000
const CHUNK_LINES = 4_096

const TEAMS = ['payments', 'search', 'identity', 'platform', 'mobile', 'data', 'growth'] as const
const PACKAGES = [
  'libssl3',
  'openssl',
  'zlib1g',
  'busybox',
  'curl',
  'log4j-core',
  'lodash',
  'golang.org/x/net',
  'urllib3',
  'libxml2',
] as const
const WORDS =
  'a flaw was found in the way that crafted input is parsed which lets remote attackers corrupt memory or run code of their own before "fixed" versions path\\segment overflow heap length field of untrusted archives'.split(
    ' ',
  )
/** Severity, its share in percent, lowest and highest score. */
const SEVERITIES = [
  ['CRITICAL', 5, 9, 10],
  ['HIGH', 15, 7, 8.9],
  ['MEDIUM', 35, 4, 6.9],
  ['LOW', 35, 0.1, 3.9],
  ['UNKNOWN', 10, 0, 0],
] as const

/**
 * Writes findings as a scanner of images reports them, one JSON document of about a kilobyte per line: one in five is
 * HIGH or CRITICAL, some texts hold escapes. The same number gives the same file.
 */
export async function writeFindings(path: string, count: number): Promise<void> {
  if ((await stat(path).catch(() => null)) !== null) return
  const random = new Random(7)
  const images = Array.from({ length: IMAGES }, (_, index) => image(index))
  const file = createWriteStream(`${path}.part`)
  for (let written = 0; written < count; written += CHUNK_LINES) {
    const lines: string[] = []
    for (let i = written; i < Math.min(written + CHUNK_LINES, count); i += 1) {
      lines.push(JSON.stringify(finding(random, random.pick(images), START_MS + Math.floor((i * HOUR_MS) / count))))
    }
    if (!file.write(`${lines.join('\n')}\n`)) await new Promise<void>((resolve) => file.once('drain', () => resolve()))
  }
  file.end()
  await finished(file)
  await rename(`${path}.part`, path)
}

function image(index: number): {
  readonly team: string
  readonly repo: string
  readonly digest: string
  readonly tag: string
} {
  const team = TEAMS[index % TEAMS.length] ?? TEAMS[0]
  return {
    team,
    repo: `registry.example.com/${team}/service-${index}`,
    digest: `sha256:${createHash('sha256').update(`image ${index}`).digest('hex')}`,
    tag: `${index % 9}.${index % 17}.${index % 31}`,
  }
}

function finding(random: Random, { team, repo, digest, tag }: ReturnType<typeof image>, time: number): unknown {
  const [severity, lowest, highest] = pickSeverity(random)
  const name = random.pick(PACKAGES)
  const version = `${random.below(9)}.${random.below(20)}.${random.below(30)}-1`
  const ageDays = random.below(900)
  return {
    id: `f-${random.bytes(8).toString('hex')}`,
    type: 'vulnerability',
    source: 'image-scan',
    image: { repo, digest, tag },
    package: {
      name,
      version,
      fixedVersion: random.chance(0.7) ? version.replace('-1', '-2') : '',
      purl: `pkg:deb/debian/${name}@${version}?arch=amd64`,
    },
    cve: `CVE-${2015 + random.below(11)}-${10_000 + random.below(50_000)}`,
    severity,
    cvss: {
      score: Math.round((lowest + random.fraction() * (highest - lowest)) * 10) / 10,
      vector: `CVSS:3.1/AV:${random.pick(['N', 'A', 'L'])}/AC:L/PR:N/UI:N/S:U/C:${random.pick(['H', 'L'])}/I:H/A:N`,
    },
    ts: time - random.below(2_000),
    detectedAt: new Date(time).toISOString(),
    publishedAt: new Date(START_MS - ageDays * 24 * HOUR_MS).toISOString(),
    ageDays,
    labels: [`team:${team}`, `env:${random.pick(['prod', 'staging', 'dev'])}`, 'scanner:image-scan'],
    title: `${name}: ${text(random, 4)}`,
    description: text(random, 40 + random.below(25)),
  }
}

function pickSeverity(random: Random): readonly [severity: string, lowest: number, highest: number] {
  let rest = random.below(100)
  for (const [severity, share, lowest, highest] of SEVERITIES) {
    rest -= share
    if (rest < 0) return [severity, lowest, highest]
  }
  throw new Error('the shares do not add up to 100')
}

function text(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(' ')
}
