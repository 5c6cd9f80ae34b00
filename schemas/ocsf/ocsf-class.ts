/** The version of the Open Cybersecurity Schema Framework that payloads follow: schema.ocsf.io/1.8.0. */
export const OCSF_VERSION = '1.8.0'

interface OcsfClass {
  readonly uid: number
  readonly caption: string
  readonly category: { readonly uid: number; readonly caption: string }
}

const FINDINGS = { uid: 2, caption: 'Findings' }
const APPLICATION = { uid: 6, caption: 'Application Activity' }

/** Event classes that connectors give, by the name that stands in their schema's address. */
export const OCSF_CLASSES = {
  vulnerability_finding: { uid: 2002, caption: 'Vulnerability Finding', category: FINDINGS },
  compliance_finding: { uid: 2003, caption: 'Compliance Finding', category: FINDINGS },
  data_security_finding: { uid: 2006, caption: 'Data Security Finding', category: FINDINGS },
  scan_activity: { uid: 6007, caption: 'Scan Activity', category: APPLICATION },
} as const satisfies Record<string, OcsfClass>

export type OcsfClassName = keyof typeof OCSF_CLASSES

/** What kind of event it is; `type_uid` names class and activity together. */
export type Classification = {
  readonly activity_id: number
  readonly activity_name: string
  readonly category_name: string
  readonly category_uid: number
  readonly class_name: string
  readonly class_uid: number
  readonly type_name: string
  readonly type_uid: number
}

export function classify(name: OcsfClassName, activityId: number, activityName: string): Classification {
  const { uid, caption, category } = OCSF_CLASSES[name]
  return {
    activity_id: activityId,
    activity_name: activityName,
    category_name: category.caption,
    category_uid: category.uid,
    class_name: caption,
    class_uid: uid,
    type_name: `${caption}: ${activityName}`,
    type_uid: uid * 100 + activityId,
  }
}

/** CloudEvents type of events of a class: `ocsf.vulnerability_finding`. */
export function eventTypeOf(name: OcsfClassName): string {
  return `ocsf.${name}`
}

/** CloudEvents data schema of events of a class. */
export function dataSchemaOf(name: OcsfClassName): string {
  return `https://schema.ocsf.io/${OCSF_VERSION}/classes/${name}`
}
