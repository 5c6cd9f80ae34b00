import type { JsonObject } from '../json.ts'
import type { Classification } from './ocsf-class.ts'

/*
 * The part of OCSF 1.8 that connectors use, with its own names and requirements. These are type aliases, not
 * interfaces, so that they are JSON to the compiler, too. Times are ms since the epoch.
 */

export type OcsfProduct = {
  readonly name: string
  readonly vendor_name: string
  readonly version?: string
}

export type OcsfMetadata = {
  /** Version of the schema. */
  readonly version: string
  readonly product: OcsfProduct
  /** The event's id, the same as in `ce_id`. */
  readonly uid: string
  /** What the events of one scan have in common. */
  readonly correlation_uid: string
  /** Some of the places of a finding were left out, for there were too many. */
  readonly is_truncated?: boolean
}

export type OcsfResource = {
  readonly uid?: string
  readonly name?: string
  readonly type?: string
  readonly namespace?: string
  readonly version?: string
}

export type OcsfFile = {
  readonly name: string
  readonly path: string
  readonly type: 'Regular File' | 'Unknown'
  readonly type_id: 0 | 1
}

export type OcsfFindingInfo = {
  /** The same for each scan that finds it again. */
  readonly uid: string
  readonly title: string
  readonly types: readonly string[]
  readonly desc?: string
  readonly src_url?: string
}

export type OcsfRemediation = {
  readonly desc: string
  readonly references?: readonly string[]
}

export type OcsfEvent = Classification & {
  readonly severity_id: number
  readonly severity: string
  readonly time: number
  readonly message: string
  readonly metadata: OcsfMetadata
  readonly status_id: number
  readonly status: string
  readonly status_detail?: string
  readonly raw_data?: string
  /** What the source says beyond what the schema has a place for. */
  readonly unmapped: JsonObject
}

export type OcsfFinding = OcsfEvent & {
  readonly finding_info: OcsfFindingInfo
  readonly resources: readonly OcsfResource[]
  /** How many places of the report it stands for. */
  readonly count: number
  readonly comment?: string
}
