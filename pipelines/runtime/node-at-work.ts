import type { NodeStatus } from './node-status.ts'

/** A node of a running pipeline, whatever its kind, as the run sees it. */
export interface NodeAtWork {
  readonly name: string
  readonly status: NodeStatus
  /** Topics that it reads, and the one that it writes; a sink writes none. */
  readonly inputTopics: readonly string[]
  readonly outputTopic: string | null
  /** Up to where it has got in a partition of its input; undefined when somebody else reads it. */
  reached(topic: string, partition: number): number | undefined
  /** Told to finish what is in flight and end. */
  readonly stop: AbortController
  /** Resolves when it has ended: by itself, because it was told to, or because it must not go on. */
  readonly ended: Promise<void>
  /** Breaks off what it waits for. */
  abort(): void
  close(): Promise<void>
}
