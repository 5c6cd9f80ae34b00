import type { OcsfEvent } from './ocsf-event.ts'

export type OcsfScan = {
  /** The run: what `metadata.correlation_uid` of its findings names. */
  readonly uid: string
  readonly name: string
  readonly type: string
  readonly type_id: number
}

export type OcsfObservable = {
  readonly name: string
  readonly type: string
  readonly type_id: number
  readonly value: string
}

/** Class 6007: that something was scanned, also when nothing was found. */
export type ScanActivity = OcsfEvent & {
  readonly scan: OcsfScan
  readonly num_detections: number
  /** How many targets were scanned. */
  readonly total: number
  readonly observables: readonly OcsfObservable[]
}
