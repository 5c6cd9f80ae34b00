import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { toReportEvents, type ReportOptions } from '../../connectors/trivy/report-events.ts'
import type { Json, JsonObject } from '../../schemas/json.ts'
import { ROOT } from './source-files.ts'

/** Messy reports of others (DefectDojo's test data), beside the repository; absent elsewhere. */
const CORPUS = fileURLToPath(new URL('../../../shared/samples/corpus/trivy', import.meta.url))

export interface TrivySample {
  readonly name: string
  readonly text: string
}

export function ownSamples(): readonly TrivySample[] {
  return samplesIn(join(ROOT, 'examples/reports'))
}

export function allSamples(): readonly TrivySample[] {
  return [...ownSamples(), ...(existsSync(CORPUS) ? samplesIn(CORPUS) : [])]
}

function samplesIn(folder: string): readonly TrivySample[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

export const MODIFIED_MS = Date.UTC(2026, 5, 1)

/** Events of a report as the source makes them. */
export function convertReport(document: Json, options: Partial<ReportOptions> = {}) {
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex')
  const { count, event, failed } = toReportEvents(
    document,
    { path: 'reports/a.json', digest, modifiedMs: MODIFIED_MS },
    { asset: 'git.example.com/team/app', passed: true, rawData: false, ...options },
  )
  return { events: Array.from({ length: count }, (_, index) => event(index)), failed }
}

export const VULNERABILITY = { VulnerabilityID: 'CVE-2024-1', PkgName: 'curl', InstalledVersion: '1', Severity: 'HIGH' }
export const CHECK = {
  ID: 'DS-0002',
  Type: 'Dockerfile Security Check',
  Severity: 'LOW',
  Status: 'FAIL',
  Message: 'root',
}

/** A small report; any field may be replaced by what a test is about. */
export function smallReport(fields: object = {}): JsonObject {
  return { SchemaVersion: 2, ArtifactName: '.', ArtifactType: 'filesystem', ...fields }
}

export function reportOf(results: readonly object[], fields: object = {}): JsonObject {
  return smallReport({ Results: results, ...fields })
}

/** Values of the findings, without the scan activity. */
export function findingsOf(document: Json, options: Partial<ReportOptions> = {}): unknown[] {
  return convertReport(document, options)
    .events.filter(({ type }) => type !== 'ocsf.scan_activity')
    .map(({ value }) => value)
}

/** The only finding of a report with one vulnerability. */
export function vulnerabilityWith(change: object): unknown {
  return findingsOf(reportOf([{ Vulnerabilities: [{ ...VULNERABILITY, ...change }] }]))[0]
}

export function scanOf(document: Json): unknown {
  return convertReport(document).events.at(-1)?.value
}

/** What stands at a path such as `resources.0.uid`; undefined where there is nothing. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((held, field) => (held as Readonly<Record<string, unknown>> | undefined)?.[field], value)
}
