import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from '../support/source-files.ts'

/** How the load comes in, and which of a key's events `dedupe` lets through, by their number from 0. */
interface Load {
  readonly events: number
  readonly keys: number
  readonly source: string
  readonly passes: (occurrence: number) => boolean
}

/** By rate, so that there is something to do for as long as it is killed; by files, which have positions of their own. */
export const LOADS = {
  generate: {
    events: 120_000,
    keys: 10_000,
    source: `
    uses: generate
    with:
      count: 120000
      rate: 15000
      template: '{"n": offset, "k": "k" + string(offset % 10000)}'
      step: 1ms`,
    /*
     * 10 s of event time lie between two events of a key, and `within` is 14 s. What a source reads again after a crash
     * is far less; a longer stretch would hold events that no longer lie near the last one let through.
     */
    passes: (occurrence) => occurrence % 2 === 0,
  },
  files: {
    events: 120_000,
    keys: 60_000,
    source: `
    uses: file
    with: { path: 'in/*.ndjson' }`,
    passes: (occurrence) => occurrence === 0,
  },
} as const satisfies Record<string, Load>

export type LoadName = keyof typeof LOADS

const FILES = 12

function documentOf({ source }: Load, within: string): string {
  return `
pipeline: crash
commit_interval: 50ms
sources:
  load:${source}
    key: 'value.k'
streams:
  judged:
    from: load
    steps:
      - filter: 'value.n % 10 != 3'
      - set: { checked: 'value.n % 50 == 7 ? value.absent : true' }
      - dedupe: { within: ${within} }
      - policy: { bundle: ./gate.tar.gz, entrypoint: gate/verdict, as: verdict, on_policy_error: deny }
    on_error: { stop_after: never }
sinks:
  plain: { from: load, uses: file, with: { path: out/plain.ndjson } }
  verdicts: { from: judged, uses: file, with: { path: out/judged.ndjson } }
`
}

/** Topics by what a Produce request to them is part of. The longer names come first: one may contain another. */
export const TOPIC_PHASES = {
  'crash._positions': 'commit',
  'crash._judged-changelog': 'processing',
  'crash._decisions': 'processing',
  'crash.judged': 'processing',
  'crash.load': 'source write',
} as const

/** What has become of the events in the end. */
export interface Verdict {
  /** What is wrong; empty when every promise was kept. */
  readonly broken: readonly string[]
  /** Events that came out more than once, by the file. */
  readonly repeated: Readonly<Record<string, number>>
}

/** A folder with the pipeline that is killed, and the judge of what it leaves behind. */
export class CrashPipeline {
  readonly path: string
  readonly #load: Load

  private constructor(path: string, load: Load) {
    this.path = path
    this.#load = load
  }

  static async create(name: LoadName): Promise<CrashPipeline> {
    const pipeline = new CrashPipeline(await mkdtemp(join(tmpdir(), 'stoplog-crash-')), LOADS[name])
    const { path } = pipeline
    await writeFile(join(path, 'crash.yaml'), documentOf(LOADS[name], name === 'files' ? '24h' : '14s'))
    await writeFile(join(path, 'gate.tar.gz'), await readFile(join(ROOT, 'examples/policies/gate.tar.gz')))
    if (name === 'files') await pipeline.#writeFiles()
    return pipeline
  }

  async #writeFiles(): Promise<void> {
    const { events, keys } = this.#load
    await mkdir(join(this.path, 'in'))
    for (let file = 0; file < FILES; file += 1) {
      const lines: string[] = []
      for (let n = (events / FILES) * file; n < (events / FILES) * (file + 1); n += 1) {
        lines.push(`{"n":${n},"k":"k${n % keys}"}\n`)
      }
      await writeFile(join(this.path, 'in', `${String(file).padStart(2, '0')}.ndjson`), lines.join(''))
    }
  }

  /** Compares what came out with what went in. `deadLetters` are the values in the stream's dead-letter topic. */
  async judge(deadLetters: readonly string[]): Promise<Verdict> {
    const { events, keys, passes } = this.#load
    const all = Array.from({ length: events }, (_, n) => n)
    const fails = (n: number): boolean => n % 10 !== 3 && n % 50 === 7
    const plain = await numbersIn(join(this.path, 'out/plain.ndjson'))
    const judged = await numbersIn(join(this.path, 'out/judged.ndjson'))
    const dead = deadLetters.map((value) => (JSON.parse(value) as { n: number }).n)
    const expected = all.filter((n) => n % 10 !== 3 && !fails(n) && passes(Math.floor(n / keys)))
    return {
      broken: [
        ...compare('plain', plain, all),
        ...compare('judged', judged, expected),
        ...compare('dead letters', dead, all.filter(fails)),
        ...disorder('plain', plain, keys),
        ...disorder('judged', judged, keys),
      ],
      repeated: {
        plain: plain.length - new Set(plain).size,
        judged: judged.length - new Set(judged).size,
        dead: dead.length - new Set(dead).size,
      },
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

async function numbersIn(path: string): Promise<readonly number[]> {
  const text = await readFile(path, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { n: number }).n)
}

function compare(name: string, found: readonly number[], expected: readonly number[]): readonly string[] {
  const there = new Set(found)
  const wanted = new Set(expected)
  return [
    ...listed(
      `${name}: missing`,
      expected.filter((n) => !there.has(n)),
    ),
    ...listed(
      `${name}: too many`,
      [...there].filter((n) => !wanted.has(n)),
    ),
  ]
}

function listed(what: string, numbers: readonly number[]): readonly string[] {
  return numbers.length === 0 ? [] : [`${what} ${numbers.length}, such as ${numbers.slice(0, 5).join(', ')}`]
}

/** The first occurrences of the events of each key have to stand in the order in which they went in. */
function disorder(name: string, found: readonly number[], keys: number): readonly string[] {
  const seen = new Set<number>()
  const last = new Map<number, number>()
  const wrong: number[] = []
  for (const n of found) {
    if (seen.has(n)) continue
    seen.add(n)
    if ((last.get(n % keys) ?? -1) > n) wrong.push(n)
    last.set(n % keys, n)
  }
  return listed(`${name}: out of order`, wrong)
}
