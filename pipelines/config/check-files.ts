import { StoplogError, toStoplogError } from '../../schemas/stoplog-error.ts'
import type { CheckedStep, DocumentParts } from './checked-document.ts'
import type { Findings } from './findings.ts'

/** Lets every step look at the files that its config names: bundles, schemas. What it finds wrong is reported there. */
export async function checkFiles(document: DocumentParts, findings: Findings): Promise<void> {
  const { sources, streams, sinks, baseDir } = document
  for (const node of [...sources, ...streams, ...sinks]) {
    for (const step of node.steps) await checkStepFiles(step, baseDir, findings)
  }
}

async function checkStepFiles(step: CheckedStep, baseDir: string, findings: Findings): Promise<void> {
  const definition = step.plugin?.definition
  if (definition?.check === undefined || step.config === undefined) return
  try {
    await definition.check(step.config, { baseDir })
  } catch (thrown) {
    const error = explain(thrown, definition.type)
    const path = [...step.path, step.name]
    findings.add({ code: error.code, range: step.range, path, message: error.message, fix: error.fix })
  }
}

function explain(thrown: unknown, type: string): StoplogError {
  if (thrown instanceof StoplogError) return thrown
  const { message } = toStoplogError(thrown)
  return new StoplogError('E_PLUGIN_CHECK', `\`${type}\` says: ${message}`, { cause: thrown })
}
