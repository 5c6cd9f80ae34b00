import type { SinkPlugin, SourcePlugin } from '../../connectors/connector.ts'
import type { ProcessorPlugin } from '../../processors/processor.ts'
import type { z } from 'zod'
import type { OnErrorConfig, PipelineSettings, sinkNode, sourceNode, streamNode } from '../../schemas/pipeline.ts'
import type { TreeNode } from './document-tree.ts'
import type { Path } from './diagnostic.ts'
import type { Range, SourceText } from './source-text.ts'

/** A step as far as it could be read. */
export interface CheckedStep {
  /** As the document names it: a type, a file or a package. */
  readonly name: string
  readonly plugin: ProcessorPlugin | undefined
  /** The plugin's parsed config; undefined when it is wrong. */
  readonly config: unknown
  readonly onError: OnErrorConfig | undefined
  /** Such as streams, findings, steps, 2. */
  readonly path: Path
  /** Of the step's name. */
  readonly range: Range
}

/** A name in `from`. */
export interface NodeReference {
  readonly name: string
  readonly path: Path
  readonly range: Range
}

interface CheckedNode<S> {
  readonly name: string
  readonly path: Path
  /** Of the node's name. */
  readonly range: Range
  /** What it says about itself; undefined when that is wrong. */
  readonly settings: S | undefined
  readonly steps: readonly CheckedStep[]
  /** As it stands in the document, for the places of its parts. */
  readonly tree: TreeNode
}

export interface CheckedSource extends CheckedNode<z.output<typeof sourceNode>> {
  readonly kind: 'source'
  readonly plugin: SourcePlugin | undefined
  readonly config: unknown
}

export interface CheckedStream extends CheckedNode<z.output<typeof streamNode>> {
  readonly kind: 'stream'
  readonly from: readonly NodeReference[]
}

export interface CheckedSink extends CheckedNode<z.output<typeof sinkNode>> {
  readonly kind: 'sink'
  readonly plugin: SinkPlugin | undefined
  readonly config: unknown
  readonly from: readonly NodeReference[]
}

/**
 * A document whose parts were held against their schemas. Parts that are wrong are undefined, so that the graph can be
 * checked all the same; where nothing was wrong, nothing is undefined.
 */
export interface CheckedDocument {
  readonly source: SourceText
  /** True when nothing is wrong with it so far. */
  readonly isSound: boolean
  /** Stretches about which everything was said; what the graph finds there follows from it. */
  readonly explained: readonly Range[]
  /** Absolute path of the folder that relative paths start from. */
  readonly baseDir: string
  readonly settings: PipelineSettings | undefined
  /** Of the value of `pipeline:`, or the beginning of the document. */
  readonly nameRange: Range
  readonly sources: readonly CheckedSource[]
  readonly streams: readonly CheckedStream[]
  readonly sinks: readonly CheckedSink[]
  /** Names that exist though nothing can be said about them: tables, which this version does not read. */
  readonly otherNames: readonly string[]
  /** Nodes that the document's tests name. */
  readonly testedNodes: readonly NodeReference[]
}

/** What the checks of single parts give; the rest is known when all of them are done. */
export type DocumentParts = Omit<CheckedDocument, 'isSound' | 'explained'>
