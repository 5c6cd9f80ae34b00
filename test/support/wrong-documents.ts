import { formatDiagnostic } from '../../pipelines/config/diagnostic.ts'
import type { LoadOptions } from '../../pipelines/config/load-document.ts'
import { loadPipeline } from '../../pipelines/graph/load-pipeline.ts'
import { loadOptions } from './small-plugins.ts'

/** All that is said about a document, as it is printed. A first line break is left out of it. */
export async function messages(text: string, changes: Partial<LoadOptions> = {}): Promise<string> {
  const input = { file: 'p.yaml', text: text.replace(/^\n/, '') }
  const { diagnostics, plan } = await loadPipeline(input, loadOptions({}, changes))
  const hasErrors = diagnostics.some(({ severity }) => severity === 'error')
  if (hasErrors !== (plan === null)) throw new Error('a plan must stand exactly where there are no errors')
  return `\n${diagnostics.map((diagnostic) => `${formatDiagnostic(diagnostic)}\n`).join('')}`
}

const AROUND_STEPS = `pipeline: p
sources: { scans: { uses: lines, with: { path: a } } }
sinks: { out: { from: found, uses: box } }
streams:
  found:
    from: scans
    steps:
`

/** The same about a document that is right but for the steps of its stream `found`, which begin on line 8. */
export function messagesOfSteps(steps: string, changes: Partial<LoadOptions> = {}): Promise<string> {
  const indented = steps.split('\n').map((line) => `      ${line}\n`)
  return messages(`${AROUND_STEPS}${indented.join('')}`, changes)
}
