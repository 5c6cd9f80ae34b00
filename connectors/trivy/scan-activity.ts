import type { JsonObject } from '../../schemas/json.ts'
import { classify } from '../../schemas/ocsf/ocsf-class.ts'
import { OCSF_SEVERITIES, toSeverity } from '../../schemas/ocsf/severity.ts'
import type { ScanActivity } from '../../schemas/ocsf/scan-activity.ts'
import { findingEventId } from '../finding-identity.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { repositoryAddress, type Asset } from './asset.ts'
import { toMetadata, TOOL, type ReportRun } from './finding.ts'
import type { FindingKind, Occurrence } from './occurrence.ts'
import { numberAt, objectAt, present, textAt, without, type PlacedObject } from './raw-report.ts'

export interface ScannedReport {
  readonly document: JsonObject
  readonly digest: string
  readonly metadata: JsonObject | undefined
  readonly asset: Asset
  readonly results: readonly PlacedObject[]
  readonly occurrences: readonly Occurrence[]
  /** Workloads of a cluster that could not be scanned, with the reason. */
  readonly errors: readonly string[]
}

const COUNT_NAMES: Readonly<Record<FindingKind, string>> = {
  vulnerability: 'vulnerabilities',
  misconfiguration: 'misconfigurations',
  secret: 'secrets',
  license: 'licenses',
}

/** Fields of the report that stand elsewhere in the event, or in the findings. */
const MAPPED = new Set([
  'ArtifactName',
  'CreatedAt',
  'Findings',
  'Metadata',
  'Misconfigurations',
  'ReportID',
  'Resources',
  'Results',
  'Trivy',
  'Vulnerabilities',
])

/** The address of a repository may hold a token; it is given without. */
const MAPPED_METADATA = new Set(['Branch', 'Commit', 'RepoURL'])

/**
 * Class 6007: that this asset was scanned, with counts, commit and branch, also when nothing was found. Its id holds
 * the report's digest beside the run, since `trivy convert` gives several reports of one run.
 */
export function toScanActivity(report: ScannedReport, run: ReportRun): ScanActivity {
  const { asset, results, occurrences, errors } = report
  const open = occurrences.filter(({ state }) => state === 'open')
  const status = errors.length === 0 ? { id: 1, caption: 'Success' } : { id: 2, caption: 'Failure' }
  return present<ScanActivity>({
    ...classify('scan_activity', 2, 'Completed'),
    severity_id: OCSF_SEVERITIES.informational.id,
    severity: OCSF_SEVERITIES.informational.caption,
    time: run.timeMs,
    message: `Trivy scanned ${asset.name}: ${open.length} findings`,
    status_id: status.id,
    status: status.caption,
    status_detail: errors.length === 0 ? undefined : `${errors.length} parts could not be scanned`,
    metadata: toMetadata(
      run,
      findingEventId(`${TOOL}-scan`, asset.uid, `${run.run} ${report.digest}`),
      isTruncated(report),
    ),
    scan: { uid: run.run, name: asset.name, type: `Trivy ${asset.type}`, type_id: 99 },
    num_detections: open.length,
    total: results.length,
    observables: [{ name: 'unmapped.asset.uid', type: 'Resource UID', type_id: 10, value: asset.uid }],
    unmapped: toUnmapped(report),
  })
}

function isTruncated({ results, errors }: ScannedReport): boolean {
  const limit = CONNECTOR_LIMITS.maxScanTargets.default
  return results.length > limit || errors.length > limit
}

function toUnmapped(report: ScannedReport): JsonObject {
  const { document, metadata, asset, results, occurrences, errors } = report
  const limit = CONNECTOR_LIMITS.maxScanTargets.default
  const scanned = present<JsonObject>({
    asset: { ...asset },
    repository: repositoryAddress(textAt(metadata, 'RepoURL')),
    commit: textAt(metadata, 'Commit'),
    branch: textAt(metadata, 'Branch'),
    counts: countsOf(occurrences, results),
    targets: results.slice(0, limit).map(({ object }) => toTarget(object)),
    errors: errors.length === 0 ? undefined : errors.slice(0, limit),
    Metadata: metadata === undefined ? undefined : without(metadata, MAPPED_METADATA),
  })
  return { ...without(document, MAPPED), ...scanned }
}

/** Findings as they are counted in the report: each place counts, also where several make one event. */
function countsOf(occurrences: readonly Occurrence[], results: readonly PlacedObject[]): JsonObject {
  const bySeverity: Record<string, number> = {}
  const byKind: Record<string, number> = { vulnerabilities: 0, misconfigurations: 0, secrets: 0, licenses: 0 }
  let suppressed = 0
  for (const { kind, raw, state } of occurrences) {
    if (state === 'suppressed') suppressed += 1
    if (state !== 'open') continue
    const name = COUNT_NAMES[kind]
    byKind[name] = (byKind[name] ?? 0) + 1
    const { id } = toSeverity(textAt(raw, 'Severity'))
    const severity = SEVERITY_NAMES.get(id) ?? 'other'
    bySeverity[severity] = (bySeverity[severity] ?? 0) + 1
  }
  const passed = results.reduce((sum, { object }) => sum + passedChecks(object), 0)
  return { ...byKind, suppressed, passed, by_severity: bySeverity }
}

const SEVERITY_NAMES = new Map<number, string>(Object.entries(OCSF_SEVERITIES).map(([name, { id }]) => [id, name]))

function passedChecks(result: JsonObject): number {
  return numberAt(objectAt(result, 'MisconfSummary'), 'Successes') ?? 0
}

/** A result without its findings and packages: an inventory of packages is no scan result. */
function toTarget(result: JsonObject): JsonObject {
  return present<JsonObject>({
    Target: textAt(result, 'Target'),
    Class: textAt(result, 'Class'),
    Type: textAt(result, 'Type'),
    MisconfSummary: objectAt(result, 'MisconfSummary'),
  })
}
