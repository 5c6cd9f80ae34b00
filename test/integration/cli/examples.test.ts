import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CliFolder } from '../../support/cli.ts'
import { filesBelow, ROOT } from '../../support/source-files.ts'

/* Every example is run as a newcomer would run it, in a copy of the folder. */

let folder: CliFolder
beforeAll(async () => {
  folder = await CliFolder.create()
  await folder.copy(join(ROOT, 'examples'), 'examples')
  await folder.install()
})
afterAll(() => folder.remove())

const documents = filesBelow('examples', '.yaml')

test('there are examples, and the README names each', async () => {
  expect(documents.length).toBeGreaterThan(1)
  const readme = await folder.read('examples/README.md')
  for (const document of documents) expect(readme).toContain(`npx pipeline run ${document}`)
})

describe.for(documents)('%s', (document) => {
  test('validates, runs to its end without a dead letter, and knows the next time that everything was read', async () => {
    expect(await folder.run('validate', document)).toMatchObject({ code: 0, stderr: '' })
    const first = await folder.run('run', document)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\S+ {2}done in/) as string })
    expect(first.stdout).not.toMatch(/why \d+ dead/)
    const second = await folder.run('run', document)
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing new') as string })
  })
})

/** What Trivy has found, counted without any of our code. */
function countReports(): { reports: number; findings: number; distinct: number; blocked: number } {
  const files = readdirSync(join(ROOT, 'examples/reports')).filter((name) => name.endsWith('.json'))
  const findings = files.flatMap((file) => {
    const { Results } = JSON.parse(readFileSync(join(ROOT, 'examples/reports', file), 'utf8')) as Report
    return Results.flatMap(({ Target, Vulnerabilities = [], Misconfigurations = [], Secrets = [], Licenses = [] }) => [
      ...Vulnerabilities.map((v) => ({ ...v, key: `${v['VulnerabilityID']} ${v['PkgName']}` })),
      ...Misconfigurations.filter((m) => m['Status'] === 'FAIL').map((m) => ({ ...m, key: `${m['ID']} ${Target}` })),
      ...Secrets.map((s) => ({ ...s, key: `${s['RuleID']} ${Target}`, isSecret: true })),
      ...Licenses.map((l) => ({ ...l, key: `${l['Name']} ${l['PkgName']} ${l['FilePath']}` })),
    ])
  })
  const severe = new Map(
    findings.filter((f) => ['MEDIUM', 'HIGH', 'CRITICAL'].includes(f.Severity)).map((f) => [f.key, f]),
  )
  // Nothing in the reports was published more than 14 days before, which is the policy's other reason.
  const blocked = [...severe.values()].filter(
    (f) => 'isSecret' in f || (f.Severity === 'CRITICAL' && 'FixedVersion' in f),
  )
  return { reports: files.length, findings: findings.length, distinct: severe.size, blocked: blocked.length }
}

type Row = { readonly [field: string]: string } & { readonly Severity: string }
type Result = { readonly Target: string } & {
  readonly [list in 'Vulnerabilities' | 'Misconfigurations' | 'Secrets' | 'Licenses']?: readonly Row[]
}
interface Report {
  readonly Results: readonly Result[]
}

describe('security-scan', () => {
  test('what the reports hold is in the files and in the topics, counted by somebody else', async () => {
    const copy = await CliFolder.create()
    try {
      await copy.copy(join(ROOT, 'examples'), 'examples')
      const { code, stdout } = await copy.run('run', 'examples/security-scan.yaml')
      expect(code).toBe(0)
      const { reports, findings, distinct, blocked } = countReports()
      const [, input, out, filtered, duplicates, dead] =
        /^findings +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$/m.exec(stdout) ?? []
      // Each report is an event, too: what was scanned, and that it was.
      expect(Number(input)).toBe(findings + reports)
      expect(Number(out)).toBe(distinct)
      expect(Number(out) + Number(filtered) + Number(duplicates) + Number(dead)).toBe(Number(input))
      expect(await copy.lines('examples/out/all.ndjson')).toHaveLength(distinct)
      expect(await copy.lines('examples/out/blocked.ndjson')).toHaveLength(blocked)
      expect(stdout).toContain(`blocked: examples/out/blocked.ndjson (${blocked})`)
      const listed = await copy.run('topics', '--all', '--json', '--data-dir', 'examples/.stoplog')
      const { result } = JSON.parse(listed.stdout) as { result: { topics: { name: string; events: number }[] } }
      const events = Object.fromEntries(result.topics.map((topic) => [topic.name, topic.events]))
      expect(events).toMatchObject({
        'security-scan.scans': findings + reports,
        'security-scan.findings': distinct,
        'security-scan._decisions': distinct,
        'security-scan._findings-dead-letters': 0,
      })
    } finally {
      await copy.remove()
    }
  })

  test('each blocked finding says why', async () => {
    for (const line of await folder.lines('examples/out/blocked.ndjson')) {
      const { verdict } = JSON.parse(line) as { verdict: { allow: boolean; reasons: string[] } }
      expect(verdict).toMatchObject({ allow: false, reasons: [expect.any(String) as string] })
    }
  })
})

describe('custom-connector', () => {
  test('its connectors keep what every connector has to keep', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--test', '--test-reporter=tap', 'examples/custom-connector/contract.test.js'],
      { cwd: ROOT },
    )
    const { passed, failed } = /# pass (?<passed>\d+)\n# fail (?<failed>\d+)/.exec(stdout)?.groups ?? {}
    expect(Number(passed)).toBeGreaterThan(20)
    expect(failed).toBe('0')
  })

  test('the urgent advisories have a file each, however often they are read', async () => {
    await folder.run('run', 'examples/custom-connector/advisories.yaml', '--reread', 'advisories')
    const names = readdirSync(join(folder.path, 'examples/custom-connector/out/tickets'))
    const tickets = await Promise.all(names.map((name) => folder.read(`examples/custom-connector/out/tickets/${name}`)))
    const ids = tickets.map((ticket) => (JSON.parse(ticket) as { id: string }).id).sort()
    expect(ids).toEqual(['ADV-2026-001', 'ADV-2026-003', 'ADV-2026-004', 'ADV-2026-007'])
  })
})
