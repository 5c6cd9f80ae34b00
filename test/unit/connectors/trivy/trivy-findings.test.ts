import { describe, expect, test } from 'vitest'
import {
  at,
  CHECK,
  convertReport,
  findingsOf,
  MODIFIED_MS,
  reportOf,
  scanOf,
  smallReport,
  VULNERABILITY,
  vulnerabilityWith,
} from '../../../support/trivy-samples.ts'

describe('states', () => {
  const results = (...statuses: string[]) => [
    { Target: 'Dockerfile', Misconfigurations: statuses.map((Status) => ({ ...CHECK, Status })) },
  ]

  test.for([
    [['FAIL'], { status_id: 1, severity_id: 2, compliance: { status_id: 3, status: 'Fail' } }],
    [['EXCEPTION'], { status_id: 3, severity_id: 2, compliance: { status_id: 3 } }],
    [['PASS'], { status_id: 4, severity_id: 1, compliance: { status_id: 1, status: 'Pass' } }],
    [['PASS', 'FAIL'], { status_id: 1, severity_id: 2, compliance: { status_id: 3 } }],
    [['PASS', 'EXCEPTION'], { status_id: 3 }],
  ] as const)('%j', ([statuses, finding]) => {
    expect(findingsOf(reportOf(results(...statuses)))).toMatchObject([{ ...finding, count: statuses.length }])
  })

  test('passed checks give events only when they are asked for, and never count as found', () => {
    const document = reportOf(results('PASS'))
    expect(findingsOf(document, { passed: false })).toEqual([])
    expect(scanOf(document)).toMatchObject({ num_detections: 0 })
  })

  test.for([
    ['UNKNOWN', 0, 'Unknown'],
    ['', 0, 'Unknown'],
    [null, 0, 'Unknown'],
    ['LOW', 2, 'Low'],
    ['Medium', 3, 'Medium'],
    ['NEGLIGIBLE', 99, 'NEGLIGIBLE'],
    ['__proto__', 99, '__proto__'],
    ['constructor', 99, 'constructor'],
  ] as const)('severity %j is %i', ([Severity, id, caption]) => {
    const [finding] = findingsOf(reportOf([{ Vulnerabilities: [{ ...VULNERABILITY, Severity }] }]))
    expect(finding).toMatchObject({ severity_id: id, severity: caption })
  })

  test.for([
    ['forbidden', 3, 'Fail'],
    ['reciprocal', 2, 'Warning'],
    ['notice', 1, 'Pass'],
    ['unknown', 0, 'Unknown'],
    ['toString', 0, 'Unknown'],
  ] as const)('license of category %s: %s', ([Category, id, status]) => {
    const [finding] = findingsOf(reportOf([{ Target: 'x', Licenses: [{ Name: 'X', PkgName: 'p', Category }] }]))
    expect(at(finding, 'compliance')).toMatchObject({ control: 'X', status_id: id, status, status_details: [Category] })
  })
})

describe('time', () => {
  test.for([
    ['2026-01-21T10:19:22.484900675+01:00', Date.UTC(2026, 0, 21, 9, 19, 22, 484)],
    ['2026-01-21T10:19:22Z', Date.UTC(2026, 0, 21, 10, 19, 22)],
    ['0001-01-01T00:00:00Z', undefined],
    ['1970-01-01T00:00:00Z', undefined],
    ['yesterday', undefined],
    ['2026', undefined],
    ['2026-13-41T99:00:00Z', undefined],
    [1_700_000_000, undefined],
    [null, undefined],
    [undefined, undefined],
  ] as const)('CreatedAt %j', ([CreatedAt, time]) => {
    const { events } = convertReport(smallReport({ CreatedAt }))
    expect(events[0]?.time).toBe(time)
    expect(events[0]?.value).toMatchObject({ time: time ?? MODIFIED_MS })
  })
})

describe('vulnerabilities', () => {
  test('with a CVE number have a cve, others an advisory', () => {
    expect(at(vulnerabilityWith({}), 'vulnerabilities.0')).toMatchObject({ cve: { uid: 'CVE-2024-1' } })
    const advisory = vulnerabilityWith({ VulnerabilityID: 'GHSA-x', CVSS: { ghsa: { V3Score: 5 } } })
    expect(at(advisory, 'vulnerabilities.0')).toMatchObject({ advisory: { uid: 'GHSA-x' } })
    expect(at(advisory, 'vulnerabilities.0.cve')).toBeUndefined()
    expect(at(advisory, 'unmapped.occurrences.0.CVSS')).toEqual({ ghsa: { V3Score: 5 } })
  })

  test('carry all scores in order of their sources', () => {
    const CVSS = {
      redhat: { V3Vector: 'CVSS:3.0/AV:N', V3Score: 7 },
      nvd: {
        V2Vector: 'AV:N',
        V2Score: 5,
        V3Vector: 'CVSS:3.1/AV:N',
        V3Score: 9.8,
        V40Vector: 'CVSS:4.0/AV:N',
        V40Score: 6.3,
      },
      empty: {},
    }
    const finding = vulnerabilityWith({ CVSS })
    expect(at(finding, 'vulnerabilities.0.cve.cvss')).toEqual([
      { version: '2.0', base_score: 5, vector_string: 'AV:N', vendor_name: 'nvd' },
      { version: '3.1', base_score: 9.8, vector_string: 'CVSS:3.1/AV:N', vendor_name: 'nvd' },
      { version: '4.0', base_score: 6.3, vector_string: 'CVSS:4.0/AV:N', vendor_name: 'nvd' },
      { version: '3.0', base_score: 7, vector_string: 'CVSS:3.0/AV:N', vendor_name: 'redhat' },
    ])
    expect(at(finding, 'unmapped.occurrences.0.CVSS')).toBeUndefined()
  })

  test('keep scores that have no place in OCSF as they are', () => {
    const CVSS = { nvd: { V3Vector: 'CVSS:3.1/AV:N' } }
    expect(at(vulnerabilityWith({ CVSS }), 'unmapped.occurrences.0.CVSS')).toEqual(CVSS)
  })

  test('without a version have one that says so', () => {
    expect(at(vulnerabilityWith({ InstalledVersion: '' }), 'vulnerabilities.0.affected_packages.0.version')).toBe(
      'unknown',
    )
  })

  test('keep what has no place in OCSF, fields of tomorrow and __proto__ included', () => {
    const raw = JSON.parse(
      '{"VulnerabilityID":"CVE-1-1","PkgName":"p","Tomorrow":{"a":[1]},"__proto__":{"polluted":1}}',
    )
    const [finding] = findingsOf(reportOf([{ Vulnerabilities: [raw] }]))
    const occurrence = at(finding, 'unmapped.occurrences.0')
    expect(occurrence).toMatchObject({ Tomorrow: { a: [1] } })
    expect(JSON.stringify(occurrence)).toContain('"__proto__":{"polluted":1}')
    expect(Object.prototype).not.toHaveProperty('polluted')
  })
})
