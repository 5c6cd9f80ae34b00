import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '../../../schemas/json.ts'
import { StoplogError } from '../../../schemas/stoplog-error.ts'
import { createOcsfJudge, HAS_OCSF_SOURCE } from '../../support/ocsf-schema.ts'
import { allSamples, convertReport, ownSamples } from '../../support/trivy-samples.ts'

// A document of unknown shape that tests walk and change freely; nothing in the product does.
// oxlint-disable-next-line typescript/no-explicit-any -- see above
type Tree = any

/** Findings of a report, counted without any of the connector's code. */
function countFindings(report: Tree): number {
  const lists = ['Resources', 'Findings', 'Vulnerabilities', 'Misconfigurations']
  const parts = report.ClusterName === undefined ? [report] : lists.flatMap((list) => report[list] ?? [])
  const results = parts.flatMap((part) => part?.Results ?? []).filter(Boolean)
  const kinds = ['Vulnerabilities', 'Misconfigurations', 'Secrets', 'Licenses', 'ExperimentalModifiedFindings']
  return results.flatMap((result: Tree) => kinds.flatMap((kind) => result[kind] ?? [])).filter(Boolean).length
}

/** Compiles each class once. */
const judge = createOcsfJudge()

const readable = allSamples()
  .map(({ name, text }) => ({ name, report: JSON.parse(text) as Json }))
  .filter(({ report }) => report !== null)

describe.for(readable)('$name', ({ report }) => {
  test('each finding is in one event, and the scan is one event more', () => {
    const { events, failed } = convertReport(report)
    const values = events.map(({ value }) => value as { class_uid: number; count?: number; num_detections?: number })
    const scans = values.filter(({ class_uid: uid }) => uid === 6007)
    const counted = values.reduce((sum, { count = 0 }) => sum + count, 0)
    expect(failed).toEqual([])
    expect(counted).toBe(countFindings(report))
    expect(scans).toHaveLength(1)
    expect(scans[0]?.num_detections).toBe(counted)
  })

  test('ids are unique, keys are, and both are the same when it is read again', () => {
    const { events } = convertReport(report)
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
    expect(new Set(events.map(({ key }) => key)).size).toBe(events.length)
    expect(JSON.stringify(convertReport(report))).toBe(JSON.stringify(convertReport(report)))
  })

  test('a second run gives the same keys and other ids', () => {
    const again = { ...(report as object), ReportID: 'another', CreatedAt: '2026-08-01T00:00:00Z' } as Json
    const [first, second] = [convertReport(report).events, convertReport(again).events]
    expect(second.map(({ key }) => key)).toEqual(first.map(({ key }) => key))
    expect(second.filter(({ id }, index) => id === first[index]?.id)).toEqual([])
    expect(second.every(({ time }) => time === Date.UTC(2026, 7, 1))).toBe(true)
  })

  test.skipIf(!HAS_OCSF_SOURCE)('every event is valid OCSF 1.8', () => {
    for (const rawData of [false, true]) {
      for (const event of convertReport(report, { rawData }).events) {
        expect(judge.faults(event.type.replace('ocsf.', ''), event.value), event.id).toEqual([])
      }
    }
  })
})

describe.skipIf(!HAS_OCSF_SOURCE)('the judge of OCSF is strict', () => {
  const events = convertReport(JSON.parse(ownSamples().find(({ name }) => name === 'trivy-vuln-all.json')?.text ?? ''))
  const finding = events.events.find(({ type }) => type === 'ocsf.vulnerability_finding')?.value as Tree

  test.for<readonly [what: string, change: (event: Tree) => void, fault: string]>([
    ['no time', (event) => delete event.time, "must have required property 'time'"],
    ['an attribute that OCSF does not have', (event) => (event.verdict_by = 'x'), 'must NOT have additional properties'],
    ['a deprecated attribute', (event) => (event.resource = { uid: 'x' }), 'must NOT have additional properties'],
    ['a severity that does not exist', (event) => (event.severity_id = 7), 'must be equal to one of the allowed values'],
    ['a severity beside another word', (event) => (event.severity = 'Low'), '/severity_id is 3 (Medium) beside "Low"'],
    ['no finding uid', (event) => delete event.finding_info.uid, "must have required property 'uid'"],
    ['cve and advisory at once', (event) => (event.vulnerabilities[0].advisory = { uid: 'x' }), 'must match exactly one'],
    ['neither of them', (event) => delete event.vulnerabilities[0].cve, 'must match exactly one'],
    ['a time that is text', (event) => (event.time = '2026'), 'must be integer'],
    ['another class', (event) => (event.class_uid = 2003), 'must be equal to constant'],
    ['a type of another class', (event) => (event.type_uid = 200301), 'must be equal to one of the allowed values'],
    ['a package without its version', (event) => delete event.vulnerabilities[0].affected_packages[0].version, 'version'],
  ])('%s', ([, change, fault]) => {
    const event = structuredClone(finding)
    expect(judge.faults('vulnerability_finding', event)).toEqual([])
    change(event)
    expect(judge.faults('vulnerability_finding', event).join()).toContain(fault)
  })
})

test('keys and ids of the reports in examples/ never change', async () => {
  const lines = ownSamples().flatMap(({ name, text }) =>
    convertReport(JSON.parse(text)).events.map(({ id, key, type, time, value }) => {
      const { message, severity } = value as { message: string; severity: string }
      return [name, id, key, type, time, severity, message].join('\t')
    }),
  )
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('./examples-reports.identities.tsv')
})

test('one event of each class, whole', async () => {
  const [first] = ownSamples().filter(({ name }) => name === 'trivy-vuln-all.json')
  const { events } = convertReport(JSON.parse(first?.text ?? ''), { rawData: true })
  const ofEach = new Map(events.map((event) => [event.type, event]))
  await expect(`${JSON.stringify([...ofEach.values()], null, 1)}\n`).toMatchFileSnapshot('./one-of-each.json')
})

describe.skipIf(!HAS_OCSF_SOURCE)('whatever a report says', () => {
  const junk = fc.constantFrom<Json>(null, '', 'x', 0, -1, 1e300, true, [], {}, [null], [{}], ['x'], { a: 1 }, '0001-01-01T00:00:00Z')

  test('events are valid OCSF, each finding is in an event or has failed, and nothing else is thrown', () => {
    fc.assert(
      fc.property(fc.nat(readable.length - 1), fc.array(fc.tuple(fc.nat(), junk), { maxLength: 6 }), (index, changes) => {
        const report = structuredClone(readable[index]?.report ?? null)
        for (const [place, value] of changes) replaceAt(report, place, value)
        try {
          const { events, failed } = convertReport(report)
          for (const event of events) {
            expect(judge.faults(event.type.replace('ocsf.', ''), event.value)).toEqual([])
          }
          const counted = events.reduce((sum, { value }) => sum + ((value as { count?: number }).count ?? 0), 0)
          expect(counted + failed.length).toBe(countFindings(report))
          expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
        } catch (error) {
          if (!(error instanceof StoplogError)) throw error
          expect(['E_TRIVY_REPORT', 'E_ASSET_UNKNOWN']).toContain(error.code)
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** Puts a value at the n-th place of a document, counted in depth. */
function replaceAt(document: Tree, place: number, value: Json): void {
  const places: [object: Tree, field: string][] = []
  const walk = (object: Tree): void => {
    for (const field of Object.keys(object)) {
      places.push([object, field])
      if (typeof object[field] === 'object' && object[field] !== null) walk(object[field])
    }
  }
  walk(document)
  const [object, field] = places[place % places.length] ?? []
  if (object !== undefined && field !== undefined) object[field] = structuredClone(value)
}
