import type { FailedInput, NewEvent } from '../../schemas/event.ts'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { dataSchemaOf, eventTypeOf, type OcsfClassName } from '../../schemas/ocsf/ocsf-class.ts'
import type { OcsfEvent } from '../../schemas/ocsf/ocsf-event.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { Converted } from '../file/document-source.ts'
import { toAsset, toWorkload, type Asset } from './asset.ts'
import { stateOf, type ReportRun } from './finding.ts'
import { toLicenseFinding } from './license.ts'
import { toMisconfigurationFinding } from './misconfiguration.ts'
import {
  CLASS_OF_KIND,
  groupOccurrences,
  occurrencesOf,
  type FindingKind,
  type NamelessFinding,
  type OccurrenceGroup,
} from './occurrence.ts'
import { numberAt, objectAt, objectsAt, textAt, timeAt, unreadable, type PlacedObject } from './raw-report.ts'
import { toScanActivity } from './scan-activity.ts'
import { toSecretFinding } from './secret.ts'
import { toVulnerabilityFinding } from './vulnerability.ts'

export interface ReportOptions {
  /** Asset of reports that name none. */
  readonly asset: string | undefined
  /** Gives events of passed checks, too. */
  readonly passed: boolean
  readonly rawData: boolean
}

/** The report as a file. */
export interface ReportSource {
  readonly path: string
  /** SHA-256 of the file. */
  readonly digest: string
  readonly modifiedMs: number
}

const SCHEMA_VERSION = 2

const TO_FINDING: Readonly<Record<FindingKind, (group: OccurrenceGroup, report: ReportRun) => OcsfEvent>> = {
  vulnerability: toVulnerabilityFinding,
  misconfiguration: toMisconfigurationFinding,
  secret: toSecretFinding,
  license: toLicenseFinding,
}

/** A part of a report that has an asset of its own: the whole report, or one workload of a cluster. */
interface Part {
  readonly asset: Asset
  readonly results: readonly PlacedObject[]
}

/**
 * OCSF events of a report in JSON, schema version 2, or of a report of `trivy k8s`: one for each finding, and then one
 * scan activity. The same report always gives the same events. Throws E_TRIVY_REPORT or E_ASSET_UNKNOWN for a report
 * that cannot be understood as a whole; a finding that has no id fails alone.
 */
export function toReportEvents(document: Json, source: ReportSource, options: ReportOptions): Converted {
  const report = checkReport(document)
  const metadata = objectAt(report, 'Metadata')
  const asset = toAsset(report, metadata, options.asset)
  const workloads = isClusterReport(report) ? workloadsOf(report) : null
  const parts =
    workloads === null
      ? [{ asset, results: objectsAt(report, 'Results', '') }]
      : workloads.map((workload) => toWorkloadPart(workload, asset))
  const createdMs = timeAt(report, 'CreatedAt')
  const run: ReportRun = {
    run: textAt(report, 'ReportID') ?? source.digest,
    toolVersion: textAt(objectAt(report, 'Trivy'), 'Version'),
    timeMs: createdMs ?? source.modifiedMs,
    rawData: options.rawData,
  }
  const found = parts.flatMap((part) => part.results.map((result) => occurrencesOf(result, part.asset)))
  const occurrences = found.flatMap(({ named }) => named)
  const failed = found.flatMap(({ nameless }) => nameless.map((finding) => toFailed(finding, source)))
  const groups = groupOccurrences(occurrences).filter((group) => options.passed || stateOf(group) !== 'passed')
  const results = parts.flatMap((part) => part.results)
  const errors = (workloads ?? []).flatMap(({ object }) => textAt(object, 'Error') ?? [])
  return {
    count: groups.length + 1,
    event(index) {
      const group = groups[index]
      if (group !== undefined) {
        const finding = TO_FINDING[group.kind](group, run)
        return toNewEvent(CLASS_OF_KIND[group.kind], finding, group.stableKey, group.asset, createdMs)
      }
      const scanned = { document: report, digest: source.digest, metadata, asset, results, occurrences, errors }
      return toNewEvent('scan_activity', toScanActivity(scanned, run), asset.uid, asset, createdMs)
    },
    failed,
  }
}

function toNewEvent(
  className: OcsfClassName,
  value: OcsfEvent,
  key: string,
  asset: Asset,
  createdMs: number | undefined,
): NewEvent {
  return {
    key,
    value,
    id: value.metadata.uid,
    type: eventTypeOf(className),
    subject: asset.uid,
    dataSchema: dataSchemaOf(className),
    ...(createdMs === undefined ? {} : { time: createdMs }),
  }
}

/** The report as an object, once it is sure that its findings can be read. */
function checkReport(document: Json): JsonObject {
  if (!isJsonObject(document)) {
    const found = Array.isArray(document)
      ? 'a list, as Trivy wrote before version 0.20'
      : `a JSON ${typeName(document)}`
    throw unreadable(`the document is no report of Trivy but ${found}`)
  }
  if (isClusterReport(document)) return document
  const version = numberAt(document, 'SchemaVersion')
  if (version === SCHEMA_VERSION) return document
  const other = OTHER_FORMATS.find(([field]) => Object.hasOwn(document, field))
  if (version === undefined && other !== undefined) {
    throw unreadable(`the document is ${other[1]}, not a JSON report of Trivy`, 'write it with `trivy … --format json`')
  }
  throw unreadable(
    version === undefined
      ? 'the document is no report of Trivy: it has no SchemaVersion'
      : `the report has schema version ${version}, and only ${SCHEMA_VERSION} is known`,
  )
}

function typeName(value: Json): string {
  return value === null ? 'null' : typeof value
}

const OTHER_FORMATS: readonly (readonly [field: string, name: string])[] = [
  ['runs', 'SARIF'],
  ['bomFormat', 'CycloneDX'],
  ['spdxVersion', 'SPDX'],
  ['apiVersion', 'a resource of Kubernetes'],
]

function isClusterReport(document: JsonObject): boolean {
  return Object.hasOwn(document, 'ClusterName')
}

/** Workloads of `trivy k8s`, whatever the list is called: it was changed twice. */
function workloadsOf(report: JsonObject): readonly PlacedObject[] {
  return ['Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations'].flatMap((field) =>
    objectsAt(report, field, ''),
  )
}

function toWorkloadPart({ object, path }: PlacedObject, cluster: Asset): Part {
  return { asset: toWorkload(object, cluster), results: objectsAt(object, 'Results', path) }
}

function toFailed({ path, raw }: NamelessFinding, source: ReportSource): FailedInput {
  const origin = `${source.path} ${path}`
  const error = new StoplogError('E_TRIVY_FINDING', `${origin} has no id that would name the finding`, {
    where: origin,
  })
  return { error, bytes: Buffer.from(JSON.stringify(raw)), origin, id: `${source.digest.slice(0, 32)}-${path}` }
}
