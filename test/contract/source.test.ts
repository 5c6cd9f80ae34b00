import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { SourcePlugin } from '../../connectors/connector.ts'
import { fileSource } from '../../connectors/file/source.ts'
import { generateSource } from '../../connectors/generate/source.ts'
import { sourceContract, type SourceSubject } from '../../connectors/testing/source-contract.ts'
import { trivySource } from '../../connectors/trivy/source.ts'
import { connectorContext, temporaryFolder } from '../support/connector-context.ts'

/** More than a batch of a source of files. */
const MANY = 2_500

interface Subject {
  readonly name: string
  readonly plugin: SourcePlugin
  readonly setup: () => Promise<SourceSubject>
}

function withFiles(files: Readonly<Record<string, string>>, config: object): () => Promise<SourceSubject> {
  return async () => {
    const folder = temporaryFolder()
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const context = connectorContext({ baseDir: folder })
    return { config, context, waiting: { ...config, follow: true } }
  }
}

const lines = Array.from({ length: MANY }, (_, n) => JSON.stringify({ n, pad: 'p'.repeat(n % 700) })).join('\n')
const vulnerabilities = Array.from({ length: MANY }, (_, n) => ({
  VulnerabilityID: `CVE-2026-${n}`,
  PkgName: 'curl',
  InstalledVersion: '1.0',
  Severity: 'HIGH',
}))
const report = { SchemaVersion: 2, ArtifactName: '.', Results: [{ Target: 'a', Vulnerabilities: vulnerabilities }] }

const subjects: readonly Subject[] = [
  {
    name: 'file, lines',
    plugin: fileSource,
    setup: withFiles({ 'a.ndjson': lines, 'b.ndjson': '\n\n{"a":1}' }, { path: '*.ndjson' }),
  },
  {
    name: 'file, items of documents',
    plugin: fileSource,
    setup: withFiles(
      { 'a.json': `{"list":[${lines.replaceAll('\n', ',')}]}`, 'b.json': '{"list":[null,9007199254740993]}' },
      { path: '*.json', items: 'value.list' },
    ),
  },
  {
    name: 'trivy',
    plugin: trivySource,
    setup: withFiles(
      { 'a.json': JSON.stringify(report), 'b.json': '{"SchemaVersion":2}' },
      { path: '*.json', asset: 'x' },
    ),
  },
  {
    name: 'generate',
    plugin: generateSource,
    setup: async () => ({
      config: { count: MANY, repeat: 0.2 },
      context: connectorContext({ baseDir: '/' }),
      waiting: { rate: 10 },
    }),
  },
]

describe.for(subjects)('source contract: $name', ({ plugin, setup }) => {
  test.for(sourceContract(plugin, setup))('$name', async ({ run }) => await run())
})
