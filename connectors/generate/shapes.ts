import { SeededRandom } from './random.ts'

/** One generated payload, as JSON text, and its record key. */
export interface Generated {
  readonly key: string
  readonly json: string
}

/** Makes the n-th payload of a seed; `timeMs` is its event time. */
export type Shape = (seed: number, index: number, timeMs: number) => Generated

const IMAGES = 5_000
const VULNERABILITIES = 50_000
const DAY_MS = 86_400_000

/** Vulnerabilities were published before this. Fixed, so that a repeated finding says the same. */
const PUBLISHED_BEFORE_MS = Date.UTC(2026, 0, 1)

const PACKAGES = [
  'bash',
  'curl',
  'glibc',
  'gnutls',
  'golang.org/x/crypto',
  'jackson-core',
  'krb5',
  'libarchive',
  'libwebp',
  'lodash',
  'log4j-core',
  'ncurses',
  'openssl',
  'pillow',
  'requests',
  'sqlite',
  'systemd',
  'util-linux',
  'xz-utils',
  'zlib',
] as const
const TEAMS = ['billing', 'catalog', 'checkout', 'fraud', 'identity', 'media', 'search', 'shipping'] as const
const STAGES = ['prod', 'prod', 'prod', 'staging', 'dev'] as const
const PHRASES = [
  'a crafted archive makes the decoder write out of bounds',
  'a missing length check lets a header overflow the heap',
  'an attacker in the same network can bypass the check',
  'an integer overflow leads to a buffer that is too small',
  'certificates with two names are taken for valid',
  'memory is used after it was freed when a request is cancelled',
  'names with ".." in them leave the folder (path traversal)',
  'parsing takes quadratic time and makes the service unavailable',
  'secrets stay in memory that other processes can read',
  'the default configuration answers requests without a password',
  'templates from untrusted input can run code (C:\\temp\\x)',
  'versions before the fixed one are affected in all configurations',
] as const

/** Share of each severity: a fifth is high or critical, as in real reports of images. */
const SEVERITIES = [
  { upTo: 0.05, name: 'CRITICAL', lowest: 9, span: 1 },
  { upTo: 0.2, name: 'HIGH', lowest: 7, span: 1.9 },
  { upTo: 0.55, name: 'MEDIUM', lowest: 4, span: 2.9 },
  { upTo: 0.9, name: 'LOW', lowest: 0.1, span: 3.8 },
  { upTo: 1, name: 'UNKNOWN', lowest: 0, span: 0 },
] as const

/** A finding of a scanner, about 1 KB: image, package, vulnerability, severity, score, texts. The key is the image. */
function createFindings(): Shape {
  const images = Array.from({ length: IMAGES }, (_, number) => imageOf(number))
  return (seed, index, timeMs) => {
    const random = new SeededRandom(seed, index)
    return toFinding(random, images[Math.floor(random.fraction() ** 1.3 * IMAGES)] ?? imageOf(0), timeMs)
  }
}

function toFinding(random: SeededRandom, image: Image, timeMs: number): Generated {
  const vulnerability = Math.floor(random.fraction() ** 2 * VULNERABILITIES)
  const share = random.fraction()
  const severity = SEVERITIES.find(({ upTo }) => share < upTo) ?? SEVERITIES[4]
  const name = random.pick(PACKAGES)
  const version = `${1 + random.below(9)}.${random.below(20)}.${random.below(30)}`
  const ageDays = 1 + random.below(900)
  const json = JSON.stringify({
    id: `finding-${random.hex(16)}`,
    type: 'vulnerability',
    source: 'trivy',
    image: { repo: image.repository, digest: image.digest, tag: image.tag },
    package: {
      name,
      version: `${version}-1`,
      fixedVersion: random.fraction() < 0.7 ? `${version}-2` : '',
      purl: `pkg:deb/debian/${name}@${version}-1?arch=amd64`,
    },
    cve: `CVE-${2015 + (vulnerability % 11)}-${10_000 + vulnerability}`,
    severity: severity.name,
    cvss: {
      score: Math.round((severity.lowest + random.fraction() * severity.span) * 10) / 10,
      vector: vector(random),
    },
    ts: timeMs,
    detectedAt: new Date(timeMs).toISOString(),
    publishedAt: new Date(PUBLISHED_BEFORE_MS - ageDays * DAY_MS).toISOString(),
    ageDays,
    labels: [`team:${image.team}`, `env:${image.stage}`, 'scanner:trivy'],
    title: `${name}: ${random.pick(PHRASES)}`,
    description: sentences(random, 4 + random.below(3)),
  })
  return { key: image.digest, json }
}

/** As little as an event can be, about 60 bytes: for the cost of an event apart from its size. */
const tiny: Shape = (seed, index, timeMs) => {
  const key = `key-${new SeededRandom(seed, index).below(1_000)}`
  return { key, json: `{"n":${index},"key":"${key}","ts":${timeMs}}` }
}

/** Makes the shape of that name; it keeps what it needs again and again. */
export const SHAPES = { finding: createFindings, tiny: () => tiny } as const satisfies Record<string, () => Shape>

type Image = ReturnType<typeof imageOf>

function imageOf(number: number) {
  const random = new SeededRandom(number, 0)
  const team = random.pick(TEAMS)
  return {
    repository: `${number % 40 === 0 ? 'docker.io' : 'registry.example.com'}/${team}/service-${number}`,
    digest: `sha256:${random.hex(64)}`,
    tag: number % 50 === 0 ? 'latest' : `${1 + random.below(9)}.${random.below(17)}.${random.below(31)}`,
    team,
    stage: random.pick(STAGES),
  }
}

function vector(random: SeededRandom): string {
  const impact = ['H', 'L', 'N'] as const
  return (
    `CVSS:3.1/AV:${random.pick(['N', 'N', 'A', 'L'])}/AC:${random.pick(['L', 'H'])}/PR:${random.pick(['N', 'L', 'H'])}` +
    `/UI:${random.pick(['N', 'R'])}/S:${random.pick(['U', 'C'])}` +
    `/C:${random.pick(impact)}/I:${random.pick(impact)}/A:${random.pick(impact)}`
  )
}

function sentences(random: SeededRandom, count: number): string {
  let text = ''
  for (let index = 0; index < count; index += 1) text += `${random.pick(PHRASES)}. `
  return text.trimEnd()
}
