import type { OcsfClassName } from '../../schemas/ocsf/ocsf-class.ts'
import { OCSF_CLASSES } from '../../schemas/ocsf/ocsf-class.ts'
import type { JsonObject } from '../../schemas/json.ts'
import { stableKeyOf } from '../finding-identity.ts'
import type { Asset } from './asset.ts'
import { objectAt, objectsAt, textAt, type PlacedObject } from './raw-report.ts'

/** One finding as it stands in a report: a vulnerability of a package, a failed check of a file, a secret, a license. */
export interface Occurrence {
  readonly kind: FindingKind
  readonly asset: Asset
  readonly rule: string
  readonly subject: string
  readonly raw: JsonObject
  /** Place in the report: `Results[0].Vulnerabilities[3]`. */
  readonly path: string
  /** The result it stands in. */
  readonly target: string
  readonly resultClass: string | undefined
  readonly resultType: string | undefined
  readonly state: OccurrenceState
  /** Why a suppressed one is suppressed. */
  readonly suppression: JsonObject | undefined
}

/** `passed` are checks that found nothing; Trivy lists them only when asked to. */
export type OccurrenceState = 'open' | 'suppressed' | 'passed'

export type FindingKind = 'vulnerability' | 'misconfiguration' | 'secret' | 'license'

/** Occurrences with the same stable key: one finding. */
export interface OccurrenceGroup {
  readonly stableKey: string
  readonly asset: Asset
  readonly kind: FindingKind
  readonly rule: string
  readonly subject: string
  readonly occurrences: readonly [Occurrence, ...Occurrence[]]
}

/** A finding without the id that would make it one. */
export interface NamelessFinding {
  readonly path: string
  readonly raw: JsonObject
}

export const CLASS_OF_KIND: Readonly<Record<FindingKind, OcsfClassName>> = {
  vulnerability: 'vulnerability_finding',
  misconfiguration: 'compliance_finding',
  secret: 'data_security_finding',
  license: 'compliance_finding',
}

interface KindRule {
  readonly field: string
  rule(raw: JsonObject): string | undefined
  subject(raw: JsonObject, target: string): string
}

const KINDS: Readonly<Record<FindingKind, KindRule>> = {
  vulnerability: {
    field: 'Vulnerabilities',
    rule: (raw) => textAt(raw, 'VulnerabilityID'),
    subject: (raw, target) => textAt(raw, 'PkgName') ?? textAt(raw, 'PkgPath') ?? target,
  },
  misconfiguration: { field: 'Misconfigurations', rule: checkId, subject: (_raw, target) => target },
  secret: { field: 'Secrets', rule: (raw) => textAt(raw, 'RuleID'), subject: (_raw, target) => target },
  license: {
    field: 'Licenses',
    rule: (raw) => textAt(raw, 'Name'),
    subject: (raw, target) => textAt(raw, 'PkgName') ?? textAt(raw, 'FilePath') ?? target,
  },
}

/** All occurrences of a result, those that Trivy was told to suppress included, and those that cannot be named. */
export function occurrencesOf(
  { object: result, path }: PlacedObject,
  asset: Asset,
): {
  readonly named: readonly Occurrence[]
  readonly nameless: readonly NamelessFinding[]
} {
  const named: Occurrence[] = []
  const nameless: NamelessFinding[] = []
  const add = (kind: FindingKind, { object: raw, path }: PlacedObject, suppression?: JsonObject): void => {
    const occurrence = toOccurrence(kind, raw, path.slice(0, -1), result, asset, suppression)
    if (occurrence === null) nameless.push({ path: path.slice(0, -1), raw })
    else named.push(occurrence)
  }
  for (const kind of Object.keys(KINDS) as FindingKind[]) {
    for (const placed of objectsAt(result, KINDS[kind].field, path)) add(kind, placed)
  }
  for (const { object: modified, path: place } of objectsAt(result, 'ExperimentalModifiedFindings', path)) {
    const kind = textAt(modified, 'Type')
    const finding = objectAt(modified, 'Finding')
    if (finding !== undefined && isKind(kind)) add(kind, { object: finding, path: `${place}Finding.` }, modified)
    else nameless.push({ path: place.slice(0, -1), raw: modified })
  }
  return { named, nameless }
}

/** Occurrences of the same thing put together, in order of their first ones. */
export function groupOccurrences(occurrences: readonly Occurrence[]): readonly OccurrenceGroup[] {
  const groups = new Map<string, OccurrenceGroup & { readonly occurrences: [Occurrence, ...Occurrence[]] }>()
  for (const occurrence of occurrences) {
    const { asset, kind, rule, subject } = occurrence
    const classUid = OCSF_CLASSES[CLASS_OF_KIND[kind]].uid
    const stableKey = stableKeyOf({ asset: asset.uid, classUid, rule, subject })
    const group = groups.get(stableKey)
    if (group === undefined) groups.set(stableKey, { stableKey, asset, kind, rule, subject, occurrences: [occurrence] })
    else group.occurrences.push(occurrence)
  }
  return [...groups.values()]
}

function toOccurrence(
  kind: FindingKind,
  raw: JsonObject,
  path: string,
  result: JsonObject,
  asset: Asset,
  suppression: JsonObject | undefined,
): Occurrence | null {
  const rule = KINDS[kind].rule(raw)
  if (rule === undefined) return null
  const target = textAt(result, 'Target') ?? ''
  return {
    kind,
    asset,
    rule,
    subject: KINDS[kind].subject(raw, target),
    raw,
    path,
    target,
    resultClass: textAt(result, 'Class'),
    resultType: textAt(result, 'Type'),
    state: stateOf(kind, raw, suppression),
    suppression,
  }
}

function stateOf(kind: FindingKind, raw: JsonObject, suppression: JsonObject | undefined): OccurrenceState {
  // A vulnerability has a status, too, but that says how far its fix is.
  const status = kind === 'misconfiguration' ? textAt(raw, 'Status') : undefined
  if (suppression !== undefined || status === 'EXCEPTION') return 'suppressed'
  return status === 'PASS' ? 'passed' : 'open'
}

/** `DS-0002` in all versions: older ones call it `DS002` with `AVD-DS-0002` beside it, or `AVD-DS-0002`. */
function checkId(raw: JsonObject): string | undefined {
  return (textAt(raw, 'AVDID') ?? textAt(raw, 'ID'))?.replace(/^AVD-/, '')
}

function isKind(kind: string | undefined): kind is FindingKind {
  return kind !== undefined && Object.hasOwn(KINDS, kind)
}
