import {
  COMPLIANCE_STATUS,
  type ComplianceFinding,
  type OcsfCompliance,
} from '../../schemas/ocsf/compliance-finding.ts'
import { toFile } from './file.ts'
import { listed, toFinding, type ReportRun } from './finding.ts'
import type { OccurrenceGroup } from './occurrence.ts'
import { present, textAt } from './raw-report.ts'

/** Trivy's classes of licenses, after Google's: what may not be used, what obliges, what is free. */
const STATUS_OF_CATEGORY = new Map<string, { readonly id: number; readonly caption: string }>([
  ['forbidden', COMPLIANCE_STATUS.fail],
  ['restricted', COMPLIANCE_STATUS.fail],
  ['reciprocal', COMPLIANCE_STATUS.warning],
  ['notice', COMPLIANCE_STATUS.pass],
  ['permissive', COMPLIANCE_STATUS.pass],
  ['unencumbered', COMPLIANCE_STATUS.pass],
])

/**
 * Class 2003: one license of one package or file. It is a question of rules that one keeps or breaks; 2007 would ask for
 * an application or a code defect, which a license is not.
 */
export function toLicenseFinding(group: OccurrenceGroup, report: ReportRun): ComplianceFinding {
  const [{ raw }] = group.occurrences
  const category = textAt(raw, 'Category')
  const status = STATUS_OF_CATEGORY.get(category ?? '') ?? COMPLIANCE_STATUS.unknown
  return {
    ...toFinding(group, report, { once: ['Name', 'PkgName', 'Link'], each: ['FilePath'] }),
    compliance: present<OcsfCompliance>({
      control: group.rule,
      category: 'License',
      status_id: status.id,
      status: status.caption,
      status_details: category === undefined ? undefined : [category],
    }),
    evidences: listed(group).map(({ raw, target }) => ({ file: toFile(textAt(raw, 'FilePath') ?? target) })),
  }
}
