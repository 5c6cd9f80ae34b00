import { createHash } from 'node:crypto'

const KEY_LENGTH = 32

/** What makes two findings of different scans the same one. Never severity, text, line number or version. */
export interface FindingIdentity {
  /** What was scanned, by a name that is the same everywhere. */
  readonly asset: string
  /** OCSF class, so that a license and a rule of the same name stay apart. */
  readonly classUid: number
  /** Id of the vulnerability or rule. */
  readonly rule: string
  /** The package without its version, or the path where there is no package. */
  readonly subject: string
}

/** The stable key: record key of a finding and its `finding_info.uid`. The same for every tool that says the same. */
export function stableKeyOf({ asset, classUid, rule, subject }: FindingIdentity): string {
  return hashOf([asset, classUid, rule, subject])
}

/** `ce_id` of a finding: the same when a report is read again, another one for each run of the tool. */
export function findingEventId(tool: string, stableKey: string, run: string): string {
  return hashOf([tool, stableKey, run])
}

/** As a JSON list, so that no two lists of parts look the same. */
function hashOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_LENGTH)
}
