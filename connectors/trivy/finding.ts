import type { Json, JsonObject } from '../../schemas/json.ts'
import { classify, OCSF_VERSION } from '../../schemas/ocsf/ocsf-class.ts'
import type { OcsfFinding, OcsfFindingInfo, OcsfMetadata } from '../../schemas/ocsf/ocsf-event.ts'
import { OCSF_SEVERITIES, toSeverity, type Severity } from '../../schemas/ocsf/severity.ts'
import { findingEventId } from '../finding-identity.ts'
import { CONNECTOR_LIMITS } from '../limits.ts'
import { toResource } from './asset.ts'
import { CLASS_OF_KIND, type Occurrence, type OccurrenceGroup, type OccurrenceState } from './occurrence.ts'
import { present, textAt, textsAt, without } from './raw-report.ts'

export const TOOL = 'trivy'

/** What all events of one report have in common. */
export interface ReportRun {
  /** ReportID, or the digest of the report. */
  readonly run: string
  readonly toolVersion: string | undefined
  /** Time of the scan. */
  readonly timeMs: number
  /** Puts the findings as they are in the report into `raw_data`. */
  readonly rawData: boolean
}

/** Which fields of a raw finding have a place in the schema; the others go to `unmapped`. */
export interface MappedFields {
  /** Taken from the first occurrence; another one keeps its own where it says something else. */
  readonly once: readonly string[]
  /** Taken from each occurrence. */
  readonly each: readonly string[]
}

const TITLES: Readonly<Record<OccurrenceGroup['kind'], string>> = {
  vulnerability: 'Vulnerability',
  misconfiguration: 'Misconfiguration',
  secret: 'Secret',
  license: 'License',
}

const STATUS = {
  open: { id: 1, caption: 'New' },
  suppressed: { id: 3, caption: 'Suppressed' },
  passed: { id: 4, caption: 'Resolved' },
} as const

/** Occurrences that are listed one by one. */
export function listed(group: OccurrenceGroup): readonly Occurrence[] {
  return group.occurrences.slice(0, CONNECTOR_LIMITS.maxOccurrences.default)
}

/** A finding is open where any of its occurrences is, and suppressed only where all others are. */
export function stateOf(group: OccurrenceGroup): OccurrenceState {
  const states = new Set(group.occurrences.map(({ state }) => state))
  if (states.has('open')) return 'open'
  return states.has('suppressed') ? 'suppressed' : 'passed'
}

/** The worst severity of the occurrences that make the finding's state. A check that passed is for information. */
export function severityOf(group: OccurrenceGroup): Severity {
  const state = stateOf(group)
  if (state === 'passed') return OCSF_SEVERITIES.informational
  return group.occurrences
    .filter((occurrence) => occurrence.state === state)
    .map(({ raw }) => toSeverity(textAt(raw, 'Severity')))
    .reduce((worst, severity) => (severity.rank > worst.rank ? severity : worst))
}

/** The attributes that findings of all classes share. */
export function toFinding(group: OccurrenceGroup, report: ReportRun, mapped: MappedFields): OcsfFinding {
  const [first] = group.occurrences
  const severity = severityOf(group)
  const status = STATUS[stateOf(group)]
  const suppressions = group.occurrences.flatMap(({ suppression }) => (suppression === undefined ? [] : [suppression]))
  return present<OcsfFinding>({
    ...classify(CLASS_OF_KIND[group.kind], 1, 'Create'),
    severity_id: severity.id,
    severity: severity.caption,
    time: report.timeMs,
    message: `${group.rule} in ${group.subject}`,
    status_id: status.id,
    status: status.caption,
    status_detail: joined(suppressions, 'Status'),
    comment: joined(suppressions, 'Statement'),
    metadata: toMetadata(
      report,
      findingEventId(TOOL, group.stableKey, report.run),
      group.occurrences.length > listed(group).length,
    ),
    finding_info: present<OcsfFindingInfo>({
      uid: group.stableKey,
      title: textAt(first.raw, 'Title') ?? group.rule,
      types: [TITLES[group.kind]],
      desc: textAt(first.raw, 'Description'),
      src_url: textAt(first.raw, 'PrimaryURL') ?? textAt(first.raw, 'Link'),
    }),
    resources: [toResource(group.asset)],
    count: group.occurrences.length,
    unmapped: { occurrences: listed(group).map((occurrence) => toUnmapped(occurrence, first, mapped)) },
    raw_data: report.rawData ? JSON.stringify(listed(group).map(({ raw }) => raw)) : undefined,
  })
}

export function toMetadata(report: ReportRun, eventId: string, truncated: boolean): OcsfMetadata {
  return present<OcsfMetadata>({
    version: OCSF_VERSION,
    product: present({ name: 'Trivy', vendor_name: 'Aqua Security', version: report.toolVersion }),
    uid: eventId,
    correlation_uid: report.run,
    is_truncated: truncated ? true : undefined,
  })
}

/** A list of texts, absent when empty. */
export function referencesOf(raw: JsonObject): readonly string[] | undefined {
  const references = textsAt(raw, 'References')
  return references.length === 0 ? undefined : references
}

function toUnmapped(occurrence: Occurrence, first: Occurrence, mapped: MappedFields): JsonObject {
  const { raw, suppression } = occurrence
  const same = mapped.once.filter((field) => isSame(raw[field], first.raw[field]))
  const result = { Target: occurrence.target, Class: occurrence.resultClass, Type: occurrence.resultType }
  return {
    ...without(raw, new Set([...mapped.each, ...same])),
    result: present<JsonObject>(result),
    ...(suppression === undefined ? {} : { modified: without(suppression, new Set(['Finding'])) }),
  }
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function joined(objects: readonly JsonObject[], field: string): string | undefined {
  const texts = new Set(objects.flatMap((object) => textAt(object, field) ?? []))
  return texts.size === 0 ? undefined : [...texts].join('; ')
}
