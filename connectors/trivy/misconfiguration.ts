import {
  COMPLIANCE_STATUS,
  type ComplianceFinding,
  type OcsfCompliance,
  type OcsfEvidence,
} from '../../schemas/ocsf/compliance-finding.ts'
import type { JsonObject } from '../../schemas/json.ts'
import type { OcsfRemediation } from '../../schemas/ocsf/ocsf-event.ts'
import { toFile } from './file.ts'
import { listed, referencesOf, stateOf, toFinding, type ReportRun } from './finding.ts'
import type { Occurrence, OccurrenceGroup, OccurrenceState } from './occurrence.ts'
import { numberAt, objectAt, present, textAt } from './raw-report.ts'

const ONCE = ['Title', 'Description', 'Resolution', 'PrimaryURL', 'References']
const EACH = ['Message']

/** What the check says, whether or not its failure is suppressed. */
const STATUS: Readonly<Record<OccurrenceState, { readonly id: number; readonly caption: string }>> = {
  open: COMPLIANCE_STATUS.fail,
  suppressed: COMPLIANCE_STATUS.fail,
  passed: COMPLIANCE_STATUS.pass,
}

/** Class 2003: one check of one file or workload, with each place in it where the check failed. */
export function toMisconfigurationFinding(group: OccurrenceGroup, report: ReportRun): ComplianceFinding {
  const [{ raw }] = group.occurrences
  const status = STATUS[stateOf(group)]
  const resolution = textAt(raw, 'Resolution')
  const messages = new Set(listed(group).flatMap((occurrence) => textAt(occurrence.raw, 'Message') ?? []))
  return present<ComplianceFinding>({
    ...toFinding(group, report, { once: ONCE, each: EACH }),
    compliance: present<OcsfCompliance>({
      control: group.rule,
      category: textAt(raw, 'Type'),
      status_id: status.id,
      status: status.caption,
      status_details: messages.size === 0 ? undefined : [...messages],
    }),
    evidences: listed(group).map(toEvidence),
    remediation:
      resolution === undefined
        ? undefined
        : present<OcsfRemediation>({ desc: resolution, references: referencesOf(raw) }),
  })
}

function toEvidence({ raw, target }: Occurrence): OcsfEvidence {
  const cause = objectAt(raw, 'CauseMetadata')
  return {
    file: toFile(target),
    data: present<JsonObject>({
      message: textAt(raw, 'Message'),
      resource: textAt(cause, 'Resource'),
      start_line: numberAt(cause, 'StartLine'),
      end_line: numberAt(cause, 'EndLine'),
    }),
  }
}
