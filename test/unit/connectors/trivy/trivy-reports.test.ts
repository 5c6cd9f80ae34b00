import { describe, expect, test } from 'vitest'
import type { Json, JsonObject } from '../../../../schemas/json.ts'
import { CHECK, convertReport, reportOf, scanOf, smallReport, VULNERABILITY } from '../../../support/trivy-samples.ts'

describe('the scan activity', () => {
  test('is there when nothing was found', () => {
    for (const Results of [undefined, null, [], [{ Target: 'x' }], [null], [{ Vulnerabilities: null }]]) {
      const { events, failed } = convertReport(smallReport({ Results }))
      expect(failed).toEqual([])
      expect(events.map(({ type }) => type)).toEqual(['ocsf.scan_activity'])
      expect(events[0]?.value).toMatchObject({ num_detections: 0, activity_id: 2, status_id: 1 })
    }
  })

  test('counts what is open, suppressed and passed', () => {
    const document = reportOf([
      {
        Target: 'a',
        MisconfSummary: { Successes: 20, Failures: 1 },
        Vulnerabilities: [VULNERABILITY, { ...VULNERABILITY, PkgName: 'b', Severity: 'LOW' }],
        Misconfigurations: [CHECK, { ...CHECK, ID: 'x', Status: 'EXCEPTION' }],
        Secrets: [{ RuleID: 's', Severity: 'HIGH' }],
        Licenses: [{ Name: 'MIT' }],
      },
    ])
    expect(scanOf(document)).toMatchObject({
      num_detections: 5,
      total: 1,
      unmapped: {
        counts: {
          vulnerabilities: 2,
          misconfigurations: 1,
          secrets: 1,
          licenses: 1,
          suppressed: 1,
          passed: 20,
          by_severity: { high: 2, low: 2, unknown: 1 },
        },
      },
    })
  })

  test('of two reports of one run differ', () => {
    const all = reportOf([{ Target: 'a', Vulnerabilities: [VULNERABILITY] }], { ReportID: 'run' })
    const filtered = reportOf([], { ReportID: 'run' })
    expect(convertReport(all).events.at(-1)?.id).not.toBe(convertReport(filtered).events.at(-1)?.id)
  })
})

describe('a report that cannot be read', () => {
  test.for([
    [null, 'no report of Trivy but a JSON null'],
    ['secret', 'no report of Trivy but a JSON string'],
    [[], 'no report of Trivy but a list, as Trivy wrote before version 0.20'],
    [{}, 'it has no SchemaVersion'],
    [{ SchemaVersion: 3 }, 'schema version 3, and only 2 is known'],
    [{ SchemaVersion: '2' }, 'it has no SchemaVersion'],
    [{ runs: [] }, 'is SARIF'],
    [{ bomFormat: 'CycloneDX' }, 'is CycloneDX'],
    [{ spdxVersion: 'SPDX-2.3' }, 'is SPDX'],
    [{ apiVersion: 'aquasecurity.github.io/v1alpha1' }, 'is a resource of Kubernetes'],
    [smallReport({ Results: {} }), 'Results is not a list'],
    [smallReport({ Results: [7] }), 'Results[0] is not an object'],
    [reportOf([{ Vulnerabilities: 'x' }]), 'Results[0].Vulnerabilities is not a list'],
    [reportOf([{}, { Secrets: [[]] }]), 'Results[1].Secrets[0] is not an object'],
  ] as [Json, string][])('%j', ([document, message]) => {
    expect(() => convertReport(document)).toThrow(
      expect.objectContaining({ code: 'E_TRIVY_REPORT', message: expect.stringContaining(message) }),
    )
  })

  test('a finding without an id fails alone', () => {
    const modified = { Type: 'riddle', Finding: {} }
    const results = [
      { Target: 'a', Vulnerabilities: [{ PkgName: 'x' }, VULNERABILITY, null], Secrets: [{}] },
      { Target: 'b', ExperimentalModifiedFindings: [modified] },
    ]
    const { events, failed } = convertReport(reportOf(results))
    expect(events).toHaveLength(2)
    expect(failed.map(({ origin }) => origin)).toEqual([
      'reports/a.json Results[0].Vulnerabilities[0]',
      'reports/a.json Results[0].Secrets[0]',
      'reports/a.json Results[1].ExperimentalModifiedFindings[0]',
    ])
    expect(failed[0]).toMatchObject({ error: { code: 'E_TRIVY_FINDING' }, bytes: Buffer.from('{"PkgName":"x"}') })
    expect(new Set(failed.map(({ id }) => id)).size).toBe(3)
  })
})

describe('clusters', () => {
  const workload = (name: string, results: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
    Namespace: 'prod',
    Kind: 'Deployment',
    Name: name,
    Results: results,
    ...more,
  })
  const vulnerable = [{ Target: 'image', Class: 'os-pkgs', Vulnerabilities: [VULNERABILITY] }]

  test.for(['Resources', 'Findings', 'Vulnerabilities'])('workloads under %s are assets of their own', (list) => {
    const document = { ClusterName: 'kubernetes', [list]: [workload('a', vulnerable), workload('b', vulnerable)] }
    const { events } = convertReport(document, { asset: 'eu-1' })
    expect(events.map(({ subject }) => subject)).toEqual(['eu-1/prod/Deployment/a', 'eu-1/prod/Deployment/b', 'eu-1'])
    expect(events[0]?.value).toMatchObject({ resources: [{ name: 'Deployment/a', namespace: 'prod' }] })
  })

  test('need a name that the cluster does not have by itself', () => {
    expect(() => convertReport({ ClusterName: 'minikube', Resources: [] }, { asset: undefined })).toThrow(
      expect.objectContaining({ code: 'E_ASSET_UNKNOWN', message: expect.stringContaining('"minikube"') }),
    )
  })

  test('that were scanned in part say so', () => {
    const document = {
      ClusterName: 'x',
      Resources: [workload('a', [], { Error: 'cannot pull' }), workload('b', vulnerable)],
    }
    expect(scanOf(document)).toMatchObject({
      status: 'Failure',
      num_detections: 1,
      unmapped: { errors: ['cannot pull'] },
    })
  })
})
