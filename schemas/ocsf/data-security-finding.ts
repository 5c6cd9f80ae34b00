import type { OcsfFile, OcsfFinding } from './ocsf-event.ts'

export type OcsfDataSecurity = {
  readonly category: string
  readonly category_id: number
  /** Id of the rule that found it. */
  readonly detection_pattern: string
  readonly detection_system: string
  readonly detection_system_id: number
  /** What matched; never a secret in clear. */
  readonly pattern_match?: string
}

/** Class 2006. */
export type DataSecurityFinding = OcsfFinding & {
  readonly data_security: OcsfDataSecurity
  readonly file: OcsfFile
  readonly is_alert: boolean
}
