import type { JsonObject } from '../json.ts'
import type { OcsfFile, OcsfFinding, OcsfRemediation } from './ocsf-event.ts'

export const COMPLIANCE_STATUS = {
  unknown: { id: 0, caption: 'Unknown' },
  pass: { id: 1, caption: 'Pass' },
  warning: { id: 2, caption: 'Warning' },
  fail: { id: 3, caption: 'Fail' },
} as const

export type OcsfCompliance = {
  /** Id of the rule. */
  readonly control: string
  readonly category?: string
  readonly desc?: string
  readonly status_id: number
  readonly status: string
  readonly status_details?: readonly string[]
}

export type OcsfEvidence = { readonly file: OcsfFile; readonly data?: JsonObject }

/** Class 2003. */
export type ComplianceFinding = OcsfFinding & {
  readonly compliance: OcsfCompliance
  readonly evidences: readonly OcsfEvidence[]
  readonly remediation?: OcsfRemediation
}
