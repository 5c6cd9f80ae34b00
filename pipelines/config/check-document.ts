import { pipelineOutline, type PipelineSettings } from '../../schemas/pipeline.ts'
import type { CheckContext } from './check-context.ts'
import { checkNodes, checkPartitions } from './check-nodes.ts'
import type { NodeReference, DocumentParts } from './checked-document.ts'
import { entryOf, type MapNode } from './document-tree.ts'
import { refuseReservedKeys } from './not-yet.ts'
import { parseShape } from './parse-shape.ts'

/** Holds the whole document against its shape and that of every plugin it uses; reports all that is wrong. */
export function checkDocument(root: MapNode, baseDir: string, context: CheckContext): DocumentParts {
  const { findings } = context
  const settings = checkSettings(root, context)
  const tables = entryOf(root, 'tables')?.value
  return {
    source: findings.source,
    baseDir,
    settings,
    nameRange: entryOf(root, 'pipeline')?.value.range ?? { start: 0, end: 0 },
    ...checkNodes(root, context),
    otherNames: tables?.kind === 'map' ? [...tables.entries.keys()] : [],
    testedNodes: testedNodes(root),
  }
}

function checkSettings(root: MapNode, context: CheckContext): PipelineSettings | undefined {
  const { values, findings } = context
  const omit = new Set(refuseReservedKeys('document', root, [], findings))
  const broker = entryOf(root, 'broker')?.value
  if (broker?.kind === 'map' && refuseReservedKeys('broker', broker, ['broker'], findings).size > 0) omit.add('broker')
  checkPartitions(root, [], context)
  return parseShape(pipelineOutline, { node: root, path: [], values, findings, omit })
}

/** Names below `given:` and `expect:` of the document's tests. */
function testedNodes(root: MapNode): readonly NodeReference[] {
  const tests = entryOf(root, 'tests')?.value
  if (tests?.kind !== 'list') return []
  return tests.items.flatMap((test, index) =>
    ['given', 'expect'].flatMap((section) => {
      const named = entryOf(test, section)?.value
      if (named?.kind !== 'map') return []
      return [...named.entries.values()].map(({ key, keyRange }) => ({
        name: key,
        path: ['tests', index, section, key],
        range: keyRange,
      }))
    }),
  )
}
