import { describe, expect, test } from 'vitest'
import { CONNECTOR_LIMITS } from '../../../../connectors/limits.ts'
import type { Json } from '../../../../schemas/json.ts'
import {
  at,
  CHECK,
  convertReport,
  findingsOf,
  reportOf,
  scanOf,
  smallReport,
  VULNERABILITY,
} from '../../../support/trivy-samples.ts'

describe('the asset', () => {
  const digest = 'registry.example.com/app@sha256:aa'
  test.for([
    [{ RepoDigests: [digest], ImageID: 'sha256:id', RepoURL: 'https://x/y' }, digest],
    [{ RepoDigests: [], ImageID: 'sha256:id', RepoURL: 'https://x/y' }, 'sha256:id'],
    [{ RepoDigests: null, ImageID: '', RepoURL: 'https://x/y' }, 'https://x/y'],
    [{ RepoURL: 'https://user:token@x/y.git/' }, 'https://x/y'],
    [{ RepoURL: 'git@github.com:a/b.git' }, 'git@github.com:a/b'],
    [{ RepoTags: ['app:1'] }, 'configured'],
    [{}, 'configured'],
    [null, 'configured'],
  ] as const)('of %j is %s', ([metadata, uid]) => {
    const { events } = convertReport(smallReport({ Metadata: metadata }), { asset: 'configured' })
    expect(at(events[0]?.value, 'unmapped.asset.uid')).toBe(uid)
    expect(events[0]).toMatchObject({ subject: uid, key: uid })
  })

  test.for([
    ['b/app:1.2', ['c/app@sha256:1', 'b/app@sha256:1', 'a/app@sha256:1'], 'b/app@sha256:1'],
    ['host:5000/b/app', ['a/app@sha256:1', 'host:5000/b/app@sha256:1'], 'host:5000/b/app@sha256:1'],
    ['b/app@sha256:1', ['a/app@sha256:1', 'b/app@sha256:1'], 'b/app@sha256:1'],
    ['app.tar', ['b/app@sha256:1', 'a/app@sha256:1'], 'a/app@sha256:1'],
  ] as const)('of image %s among %j is %s', ([name, digests, uid]) => {
    const document = smallReport({ ArtifactName: name, Metadata: { RepoDigests: digests } })
    expect(at(scanOf(document), 'unmapped.asset.uid')).toBe(uid)
    expect(
      at(
        scanOf(smallReport({ ArtifactName: name, Metadata: { RepoDigests: digests.toReversed() } })),
        'unmapped.asset.uid',
      ),
    ).toBe(uid)
  })

  test('that is only a path is refused until one is configured', () => {
    expect(() => convertReport(smallReport(), { asset: undefined })).toThrow(
      expect.objectContaining({ code: 'E_ASSET_UNKNOWN', message: expect.stringContaining('only as "."') }),
    )
  })

  test('keeps two repositories apart that have the same findings', () => {
    const document = reportOf([{ Target: 'a', Vulnerabilities: [VULNERABILITY] }])
    const [one] = findingsOf(document, { asset: 'one' })
    const [two] = findingsOf(document, { asset: 'two' })
    expect(at(one, 'finding_info.uid')).not.toBe(at(two, 'finding_info.uid'))
  })

  test('never shows the token of an address', () => {
    const address = 'https://user:t0ken@git.example.com/app.git'
    const document = reportOf([{ Target: 'a', Vulnerabilities: [VULNERABILITY] }], {
      ArtifactName: address,
      ArtifactType: 'repository',
      Metadata: { RepoURL: address, Branch: 'main', Commit: 'c0ffee' },
    })
    expect(JSON.stringify(convertReport(document))).not.toContain('t0ken')
    expect(at(scanOf(document), 'unmapped')).toMatchObject({
      repository: 'https://git.example.com/app',
      commit: 'c0ffee',
      branch: 'main',
    })
    expect(at(findingsOf(document), '0.resources.0')).toMatchObject({
      uid: 'https://git.example.com/app',
      version: 'c0ffee',
    })
  })
})

describe('the stable key', () => {
  const base = reportOf([{ Target: 'a', Class: 'lang-pkgs', Vulnerabilities: [VULNERABILITY] }])
  const keyOf = (document: Json): unknown => at(findingsOf(document), '0.finding_info.uid')

  test.for([
    ['severity', { Severity: 'LOW' }],
    ['installed version', { InstalledVersion: '2' }],
    ['fixed version', { FixedVersion: '3' }],
    ['path', { PkgPath: 'x/y' }],
    ['title', { Title: 'other' }],
    ['description', { Description: 'other' }],
    ['purl', { PkgIdentifier: { PURL: 'pkg:deb/curl@2' } }],
  ] as const)('does not depend on the %s', ([, change]) => {
    const changed = reportOf([{ Target: 'b', Class: 'os-pkgs', Vulnerabilities: [{ ...VULNERABILITY, ...change }] }])
    expect(keyOf(changed)).toBe(keyOf(base))
  })

  test.for([
    ['vulnerability', { VulnerabilityID: 'CVE-2024-2' }],
    ['package', { PkgName: 'libcurl' }],
  ] as const)('depends on the %s', ([, change]) => {
    expect(keyOf(reportOf([{ Target: 'a', Vulnerabilities: [{ ...VULNERABILITY, ...change }] }]))).not.toBe(keyOf(base))
  })

  test('of a check is the same for the names that Trivy gave it over time', () => {
    const ids = [{ ID: 'DS-0002' }, { ID: 'DS002', AVDID: 'AVD-DS-0002' }, { ID: 'AVD-DS-0002' }]
    const keys = ids.map((id) =>
      keyOf(reportOf([{ Target: 'Dockerfile', Misconfigurations: [{ ...CHECK, AVDID: undefined, ...id }] }])),
    )
    expect(new Set(keys).size).toBe(1)
  })

  test('of a license and of a check with the same name differ', () => {
    const target = { Target: 'x' }
    const license = keyOf(reportOf([{ ...target, Licenses: [{ Name: 'MIT' }] }]))
    const secret = keyOf(reportOf([{ ...target, Secrets: [{ RuleID: 'MIT' }] }]))
    expect(license).not.toBe(secret)
  })

  test('is the record key, and the id adds the run', () => {
    const { events } = convertReport(base)
    expect(events[0]).toMatchObject({ key: keyOf(base), id: at(events[0]?.value, 'metadata.uid') })
    const rerun = convertReport({ ...base, ReportID: 'r2' }).events
    expect(rerun[0]?.key).toBe(events[0]?.key)
    expect(rerun[0]?.id).not.toBe(events[0]?.id)
  })
})

describe('one thing that is reported several times', () => {
  test('is one event with each place and version', () => {
    const vulnerability = (version: string, more: object = {}) => ({
      ...VULNERABILITY,
      InstalledVersion: version,
      ...more,
    })
    const [finding, ...others] = findingsOf(
      reportOf([
        {
          Target: 'a/package-lock.json',
          Class: 'lang-pkgs',
          Type: 'npm',
          Vulnerabilities: [vulnerability('1'), vulnerability('2')],
        },
        {
          Target: 'b.lock',
          Class: 'lang-pkgs',
          Vulnerabilities: [vulnerability('1', { Severity: 'CRITICAL', FixedVersion: '9', Title: 'b says' })],
        },
      ]),
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({ count: 3, severity_id: 5, severity: 'Critical' })
    expect(at(finding, 'vulnerabilities.0')).toMatchObject({
      is_fix_available: true,
      affected_packages: [
        { name: 'curl', version: '1', path: 'a/package-lock.json', package_manager: 'npm' },
        { name: 'curl', version: '2', path: 'a/package-lock.json' },
        { name: 'curl', version: '1', path: 'b.lock', fixed_in_version: '9' },
      ],
    })
    expect(at(finding, 'unmapped.occurrences.0')).not.toHaveProperty('Title')
    expect(at(finding, 'unmapped.occurrences')).toMatchObject([
      { Severity: 'HIGH' },
      { Severity: 'HIGH' },
      { Severity: 'CRITICAL', Title: 'b says' },
    ])
  })

  test('lists a limited number of places and counts all', () => {
    const limit = CONNECTOR_LIMITS.maxOccurrences.default
    const checks = Array.from({ length: limit + 1 }, (_, line) => ({ ...CHECK, CauseMetadata: { StartLine: line } }))
    const [finding] = findingsOf(reportOf([{ Target: 'Dockerfile', Misconfigurations: checks }]), { rawData: true })
    expect(finding).toMatchObject({ count: limit + 1, metadata: { is_truncated: true } })
    expect(at(finding, 'evidences')).toHaveLength(limit)
    expect(at(finding, 'unmapped.occurrences')).toHaveLength(limit)
    expect(JSON.parse(String(at(finding, 'raw_data')))).toHaveLength(limit)
    const [whole] = findingsOf(reportOf([{ Target: 'Dockerfile', Misconfigurations: checks.slice(1) }]))
    expect(at(whole, 'metadata.is_truncated')).toBeUndefined()
  })

  test('is open as long as one place is, whatever the others are', () => {
    const suppressed = { Type: 'vulnerability', Status: 'ignored', Statement: 'not used', Finding: VULNERABILITY }
    const target = { Target: 'a', ExperimentalModifiedFindings: [suppressed] }
    const [both] = findingsOf(reportOf([{ ...target, Vulnerabilities: [VULNERABILITY] }]))
    expect(both).toMatchObject({ status_id: 1, status: 'New', count: 2, comment: 'not used' })
    const [only] = findingsOf(reportOf([target]))
    expect(only).toMatchObject({ status_id: 3, status: 'Suppressed', status_detail: 'ignored', comment: 'not used' })
    expect(at(only, 'unmapped.occurrences.0.modified')).toEqual({
      Type: 'vulnerability',
      Status: 'ignored',
      Statement: 'not used',
    })
    expect(at(only, 'finding_info.uid')).toBe(at(both, 'finding_info.uid'))
  })
})
