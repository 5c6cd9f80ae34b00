import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { COMMANDS } from '../../pipelines/cli/commands/index.ts'
import { BUILT_IN_PLUGINS } from '../../pipelines/config/built-in-plugins.ts'
import { formatDiagnostic } from '../../pipelines/config/diagnostic.ts'
import { pipelineJsonSchema } from '../../pipelines/config/json-schema.ts'
import { createModuleImport } from '../../pipelines/config/module-import.ts'
import { loadPipeline } from '../../pipelines/graph/load-pipeline.ts'
import { checkExpression } from '../../processors/cel/expressions.ts'
import { isJsonObject } from '../../schemas/json.ts'
import { codeBlocks, type CodeBlock } from '../documentation/code-blocks.ts'
import { argumentsOf, whyRefused } from '../support/command-lines.ts'
import { documents, readText, ROOT } from '../support/source-files.ts'

/* A block of YAML is a whole document, whose files are looked for from `examples/`, or is marked: ```yaml fragment. */

const DOCUMENTS = documents()

interface PlacedBlock extends CodeBlock {
  readonly place: string
}

const BLOCKS: readonly PlacedBlock[] = DOCUMENTS.flatMap((path) =>
  codeBlocks(readText(path)).map((block) => ({ ...block, place: `${path}:${block.line}` })),
)
const YAML = BLOCKS.filter(({ language }) => /^ya?ml$/i.test(language))

/** What `pipeline validate` would say, with the lines of the document that the block is in. */
async function validate({ text, line }: CodeBlock): Promise<readonly string[]> {
  const { diagnostics } = await loadPipeline(
    { file: join(ROOT, 'examples/block.yaml'), text: '\n'.repeat(line - 1) + text },
    { plugins: BUILT_IN_PLUGINS, checkExpression, importModule: createModuleImport(), readFile, env: {} },
  )
  return diagnostics.filter(({ severity }) => severity === 'error').map(formatDiagnostic)
}

const asSchema = new Ajv({ allErrors: true, strict: false, validateFormats: false })
const WHOLE = pipelineJsonSchema(BUILT_IN_PLUGINS)
const isPart = asSchema.compile({ ...WHOLE, required: [] })

/** What is wrong with a part of a document; parts below its top can only be read as YAML. */
function faultsOfFragment({ text }: CodeBlock): readonly string[] {
  const document = parseDocument(text)
  const faults = [...document.errors, ...document.warnings].map(({ message }) => message)
  const value: unknown = document.toJS()
  const known = isJsonObject(WHOLE['properties']) ? WHOLE['properties'] : {}
  if (!isJsonObject(value) || !Object.keys(value).every((key) => Object.hasOwn(known, key))) return faults
  isPart(value)
  return [...faults, ...(isPart.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath} ${message}`)]
}

describe('blocks of YAML in the documentation', () => {
  test.for(YAML.filter(({ marks }) => marks.length === 0))('$place is a document that may run', async (block) => {
    expect(await validate(block)).toEqual([])
  })

  test.for(YAML.filter(({ marks }) => marks.includes('fragment')))('$place is a part of one', (block) => {
    expect(faultsOfFragment(block)).toEqual([])
  })

  test('are whole or a fragment', () => {
    const marked = YAML.filter(({ marks }) => marks.some((mark) => mark !== 'fragment'))
    expect(marked.map(({ place, marks }) => `${place} ${marks.join(' ')}`)).toEqual([])
  })

  test('are marked as YAML', () => {
    const others = BLOCKS.filter((block) => !YAML.includes(block))
    const unmarked = others.filter(({ text }) => /^(?:pipeline|sources|streams|sinks):/m.test(text))
    expect(unmarked.map(({ place }) => place)).toEqual([])
  })

  test('a wrong one is found, with the line of the document that it is in', async () => {
    const [block] = codeBlocks(
      '# Title\n\n```yaml\npipeline: p\nsinks: { out: { from: nothing, uses: stdout } }\n```\n',
    )
    const faults = block === undefined ? [] : await validate(block)
    expect(faults.join('\n')).toContain('block.yaml:5:')
    expect(block === undefined ? [] : faultsOfFragment({ ...block, text: 'pipeline: [ 1 ]\n' })).not.toEqual([])
  })
})

/** These speak also of what is not there any more, or not yet. */
const OF_ALL_TIMES = ['DESIGN.md', 'CHANGELOG.md']

/** Lines that call this program: in blocks for a shell, and in text between backticks. */
const LINES = DOCUMENTS.flatMap((path) => {
  const text = readText(path)
  const blocks = BLOCKS.filter(({ place, language }) => place.startsWith(`${path}:`) && /^(?:ba)?sh$/.test(language))
  const inBlocks = blocks.flatMap((block) => block.text.replaceAll('\\\n', ' ').split('\n'))
  const prose = OF_ALL_TIMES.includes(path) ? '' : text
  const inText = [...prose.replaceAll(/\s*\n\s*/g, ' ').matchAll(/`((?:npx )?pipeline [^`]+)`/g)].map((m) => m[1] ?? '')
  return [...inBlocks, ...inText].map((line) => ({ path, line, argv: argumentsOf(line) }))
}).flatMap(({ path, line, argv }) => (argv === null ? [] : [{ path, line, argv }]))

describe('command lines in the documentation', () => {
  test('are understood by the program', () => {
    const names = new Set(COMMANDS.map(({ name }) => name))
    const refused = LINES.flatMap(({ path, line, argv }) => {
      const reason = names.has(argv.join(' ')) ? null : whyRefused(argv)
      return reason === null ? [] : [`${path}: ${line}: ${reason}`]
    })
    expect(refused).toEqual([])
  })

  test('name files that are there', () => {
    const files = LINES.flatMap(({ path, argv }) => argv.map((word) => ({ path, word })))
    const named = files.filter(({ word }) => word.startsWith('examples/'))
    expect(named.filter(({ word }) => !existsSync(join(ROOT, word)))).toEqual([])
  })

  test('of npm name scripts that are there', () => {
    const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }
    const named = DOCUMENTS.flatMap((path) =>
      [...readText(path).matchAll(/\bnpm run ([\w:-]+)/g)].map((m) => ({ path, script: m[1] ?? '' })),
    )
    expect(named.filter(({ script }) => !Object.hasOwn(scripts, script))).toEqual([])
  })
})

test('links in the documentation lead to files that are there', () => {
  const links = DOCUMENTS.flatMap((path) =>
    [...readText(path).matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)].map((m) => ({ path, target: m[1] ?? '' })),
  )
  const inside = links.filter(({ target }) => !/^[a-z]+:/.test(target))
  expect(inside.filter(({ path, target }) => !existsSync(join(ROOT, dirname(path), target)))).toEqual([])
})
