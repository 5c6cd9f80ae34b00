import type { DataSecurityFinding, OcsfDataSecurity } from '../../schemas/ocsf/data-security-finding.ts'
import { toFile } from './file.ts'
import { stateOf, toFinding, type ReportRun } from './finding.ts'
import type { OccurrenceGroup } from './occurrence.ts'
import { present, textAt } from './raw-report.ts'

/**
 * Class 2006: secrets that one rule found in one file. OCSF counts credentials in files as data security ("Security"
 * data found by "Developer Security"); a detection finding would be about an attack, and 2007 about code.
 * Trivy has masked the secret in `Match` and `Code` already.
 */
export function toSecretFinding(group: OccurrenceGroup, report: ReportRun): DataSecurityFinding {
  const [{ raw, target }] = group.occurrences
  return {
    ...toFinding(group, report, { once: ['RuleID', 'Title', 'Match'], each: [] }),
    data_security: present<OcsfDataSecurity>({
      category: 'Security',
      category_id: 6,
      detection_pattern: group.rule,
      detection_system: 'Developer Security',
      detection_system_id: 11,
      pattern_match: textAt(raw, 'Match'),
    }),
    file: toFile(target),
    is_alert: stateOf(group) === 'open',
  }
}
