import type { PluginKind } from '../config/plugin-registry.ts'

/** A piece of a document for each built-in plugin. A test puts every one of them into a document and validates it. */
export const PLUGIN_EXAMPLES: Readonly<Record<PluginKind, Readonly<Record<string, string>>>> = {
  source: {
    file: `uses: file
with: { path: './reports/*.json', items: 'value.findings' }`,
    generate: `uses: generate
with: { count: 1000, repeat: 0.1 }`,
    http: `uses: http
with:
  listen: 127.0.0.1:8080
  path: /findings
  auth: { token: '\${env:HOOK_TOKEN}' }`,
    trivy: `uses: trivy
with: { path: './reports/*.json', asset: git.example.com/team/app }`,
  },
  sink: {
    elasticsearch: `uses: elasticsearch
with: { url: 'http://127.0.0.1:9200', index: 'findings-{time:yyyy.MM}' }`,
    file: `uses: file
with: { path: out/findings.ndjson, rotate: { every: 1d } }`,
    stdout: 'uses: stdout',
  },
  processor: {
    dedupe: '- dedupe: { within: 24h }',
    filter: "- filter: 'value.severity_id >= 3'",
    key: "- key: 'value.resources[0].uid'",
    map: `- map:
    title: 'value.finding_info.title'
    severity: 'value.severity'`,
    parse: '- parse: { format: json, field: payload, big_numbers: string }',
    policy: `- policy:
    bundle: ./policies/gate.tar.gz
    entrypoint: gate/verdict
    on_policy_error: deny`,
    redact: "- redact: { fields: [ user.email, '**.token' ] }",
    remove: '- remove: [ unmapped, raw_data ]',
    set: '- set: { team: \'value.?labels.?team.orValue("none")\' }',
    split: "- split: 'value.vulnerabilities'",
    validate: '- validate: { schema: ./finding.schema.json, on_invalid: drop }',
  },
}
