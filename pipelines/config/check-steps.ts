import { onError, type OnErrorConfig } from '../../schemas/pipeline.ts'
import { nearestName } from '../../schemas/nearest-name.ts'
import type { ProcessorPlugin } from '../../processors/processor.ts'
import { PIPELINE_LIMITS } from '../limits.ts'
import type { CheckContext } from './check-context.ts'
import { checkConfig, veil } from './check-config.ts'
import type { CheckedStep } from './checked-document.ts'
import { emptyMapAt, type MapEntry, type MapNode, type TreeNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import { isReservedStep } from './not-yet.ts'
import { parseShape } from './parse-shape.ts'
import { parseWithIssues } from './shape-issues.ts'
import { viewOf } from './schema-view.ts'
import type { Range } from './source-text.ts'

/** Checks the list below `steps:`; steps that are wrong are left out or stand without plugin or config. */
export function checkSteps(node: TreeNode | undefined, path: Path, context: CheckContext): readonly CheckedStep[] {
  if (node?.kind !== 'list') return []
  const limit = PIPELINE_LIMITS.stepsPerNode.default
  if (node.items.length > limit) {
    const message = `${node.items.length} steps, where a node may have ${limit}`
    context.findings.add({
      code: 'E_DOCUMENT_LIMIT',
      range: { start: node.range.start, end: node.range.start },
      path,
      message,
    })
  }
  return node.items.slice(0, limit).flatMap((item, index) => {
    const step = checkStep(item, [...path, index], context)
    return step === undefined ? [] : [step]
  })
}

function checkStep(item: TreeNode, path: Path, context: CheckContext): CheckedStep | undefined {
  if (item.kind === 'scalar') {
    const name = context.values.scalar(item)
    if (typeof name === 'string' && name !== '') return namedStep(name, item.range, undefined, undefined, path, context)
    return misshapen(item.range, path, name === null ? 'this step is empty' : 'a step begins with its name', context)
  }
  if (item.kind === 'list')
    return misshapen({ start: item.range.start, end: item.range.start + 1 }, path, 'a step is not a list', context)
  const names = [...item.entries.values()].filter(({ key }) => key !== 'on_error')
  const [named, second] = names
  if (named === undefined)
    return misshapen({ start: item.range.start, end: item.range.start + 1 }, path, 'this step has no name', context)
  if (second !== undefined) reportSecondKey(named, second, path, context)
  return namedStep(named.key, named.keyRange, named.value, onErrorOf(item, path, context), path, context)
}

function namedStep(
  name: string,
  range: Range,
  config: TreeNode | undefined,
  stepOnError: OnErrorConfig | undefined,
  path: Path,
  context: CheckContext,
): CheckedStep {
  const plugin = context.plugins.find('processor', name)
  const step = { name, plugin, onError: stepOnError, path, range }
  if (plugin === undefined) {
    reportUnknownStep(name, range, config === undefined ? path : [...path, name], context)
    if (config !== undefined) veil(config, context)
    return { ...step, config: undefined }
  }
  const isEmpty = config === undefined || (config.kind === 'scalar' && context.values.scalar(config) === null)
  const written = isEmpty ? undefined : config
  return { ...step, config: stepConfig(plugin, written, [...path, name], range, context) }
}

function stepConfig(
  plugin: ProcessorPlugin,
  node: TreeNode | undefined,
  path: Path,
  range: Range,
  context: CheckContext,
): unknown {
  const schema = plugin.definition.config
  if (node !== undefined) return checkConfig(schema, node, path, range, context)
  for (const nothing of [undefined, {}]) {
    const result = parseWithIssues(schema, nothing)
    if (result.success) return result.data
  }
  const isMap = viewOf(schema).keysAt([]).length > 0
  if (isMap) return checkConfig(schema, emptyMapAt(range), path, range, context)
  const { type } = plugin.definition
  const message = `\`${type}\` has no config`
  context.findings.add({ code: 'E_REQUIRED', range, path, message, fix: `write it behind the name: \`${type}: …\`` })
  return undefined
}

function onErrorOf(item: MapNode, path: Path, context: CheckContext): OnErrorConfig | undefined {
  const entry = item.entries.get('on_error')
  if (entry === undefined) return undefined
  const { values, findings } = context
  return parseShape(onError, {
    node: entry.value,
    path: [...path, 'on_error'],
    keyRange: entry.keyRange,
    values,
    findings,
  })
}

/** `- dedupe:` with `within: 24h` below it at the same indent is the usual slip. */
function reportSecondKey(named: MapEntry, second: MapEntry, path: Path, context: CheckContext): void {
  const plugin = context.plugins.find('processor', named.key)
  const isEmpty = named.value.kind === 'scalar' && named.value.value === null
  const belongs = isEmpty && plugin !== undefined && viewOf(plugin.definition.config).keysAt([]).includes(second.key)
  context.findings.add({
    code: 'E_STEP_SHAPE',
    range: second.keyRange,
    path: [...path, second.key],
    message: belongs
      ? `\`${second.key}\` stands beside \`${named.key}\`, not below it`
      : `a step has one name, and \`${named.key}\` is it already`,
    fix: belongs
      ? `indent it further than \`${named.key}\`, or write \`- ${named.key}: { ${second.key}: … }\``
      : `make it a step of its own: \`- ${second.key}: …\``,
  })
}

function reportUnknownStep(name: string, range: Range, path: Path, context: CheckContext): void {
  const { findings, plugins } = context
  if (isReservedStep(name)) {
    findings.add({ code: 'E_NOT_YET', range, path, message: `the step \`${name}\` is not in this version yet` })
    return
  }
  const known = plugins.names('processor')
  const near = nearestName(name, known)
  const isWord = /^[\w./@-]+$/.test(name)
  const advice = isWord ? `steps are ${known.join(', ')}` : `write it behind the name of a step: \`- filter: '…'\``
  findings.add({
    code: 'E_UNKNOWN_STEP',
    range,
    path,
    message: `there is no step \`${name}\``,
    fix: near === undefined ? advice : `did you mean \`${near}\`?`,
  })
}

function misshapen(range: Range, path: Path, message: string, { findings }: CheckContext): undefined {
  findings.add({ code: 'E_STEP_SHAPE', range, path, message })
  return undefined
}
