import { z } from 'zod'
import { byteSize } from './byte-size.ts'
import { duration } from './duration.ts'
import { expression } from './expression.ts'

/** Names of pipelines and nodes: they become parts of topic and group names. */
export const NODE_NAME = /^[a-z][a-z0-9-]{0,62}$/

const NODE_NAME_RULE = 'expected a name of a-z, 0-9 and "-" that begins with a letter, at most 63 characters'

const nodeName = z.string().regex(NODE_NAME, NODE_NAME_RULE)

const percentage = z
  .string()
  .regex(/^(?:100|\d{1,2}(?:\.\d{1,3})?)%$/, 'expected a percentage such as "50%"')
  .transform((text) => Number(text.slice(0, -1)) / 100)

/** What happens to an event that failed for good. */
export const failureAction = z.enum(['dead_letter', 'stop', 'drop'])
export type FailureAction = z.output<typeof failureAction>

const stopAfter = z.strictObject({
  ratio: percentage.meta({ description: 'share of failed events, such as 50%, from which the node stops' }),
  at_least: z.int().min(1).meta({ description: 'failed events below which the share does not count' }),
  within: duration.meta({ description: 'the time over which both are counted' }),
})

/** `on_error: drop`, or `on_error: { action: …, stop_after: … }`. What is left out comes from the next level up. */
export const onError = z
  .union([
    failureAction.transform((action) => ({ action, stop_after: undefined })),
    z.strictObject({
      action: failureAction.optional().meta({ description: 'what happens to an event that failed' }),
      stop_after: z
        .union([stopAfter, z.literal('never')])
        .optional()
        .meta({ description: 'when failures stop the node' }),
    }),
  ])
  .meta({ description: 'what happens to events that fail; per document, node or step' })
export type OnErrorConfig = z.output<typeof onError>

const retention = z
  .union([duration, z.literal('forever')])
  .meta({ description: 'how long settled events are kept, such as 7d, or forever' })

const partitions = z.int().min(1).meta({ description: 'partitions of the topic; fixed for life' })

const topic = z
  .string()
  .regex(/^(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}$/, 'expected a topic name of a-z, A-Z, 0-9, ".", "_" and "-"')
  .meta({ description: 'exact name of the topic; left out: <pipeline>.<name>' })

const uses = z
  .string()
  .min(1)
  .meta({ description: 'a built-in connector, ./file.js, ./file.ts or an installed package' })
const config = z.record(z.string(), z.unknown()).meta({ description: "the connector's own settings" })
const steps = z.array(z.unknown()).meta({ description: 'what happens to each event, one step after the other' })

const from = z
  .union([z.string(), z.array(z.string())])
  .transform((names): readonly string[] => (typeof names === 'string' ? [names] : names))
  .meta({ description: 'the source or stream to read, or a list of them' })

/** What a source node may say about itself. `with` and each of `steps` have the schema of their plugin. */
export const sourceNode = z.strictObject({
  uses,
  with: config.optional(),
  key: expression.optional().meta({ description: "a CEL expression that replaces the source's own key" }),
  steps: steps.optional(),
  topic: topic.optional(),
  partitions: partitions.optional(),
  retention: retention.optional(),
  on_error: onError.optional(),
  on_future: z
    .enum(['dead_letter', 'drop'])
    .prefault('dead_letter')
    .meta({ description: 'what happens to events more than 5 minutes ahead of the clock' }),
})

export const streamNode = z.strictObject({
  from,
  steps: steps.optional(),
  topic: topic.optional(),
  partitions: partitions.optional(),
  retention: retention.optional(),
  on_error: onError.optional(),
})

export const sinkNode = z.strictObject({
  from,
  uses,
  with: config.optional(),
  steps: steps.optional(),
  on_error: onError.optional(),
  start: z
    .union([z.enum(['earliest', 'latest']), z.iso.datetime({ offset: true }), z.iso.date()])
    .optional()
    .meta({ description: 'where a new sink begins: earliest, latest or a time such as 2026-01-31T00:00:00Z' }),
})

const hostAndPort = z
  .string()
  .regex(/^(?:[^\s:[\]/]+|\[[0-9a-fA-F:.]+\]):\d{1,5}$/, 'expected an address such as "kafka-1:9092"')

const broker = z
  .union([
    z.literal('embedded'),
    z.strictObject({
      bootstrap_servers: z.array(hostAndPort).min(1).meta({ description: 'addresses of a Kafka cluster' }),
    }),
  ])
  .meta({ description: 'embedded, or the addresses of a Kafka cluster' })

const testEvent = z
  .strictObject({
    value: z.unknown().optional(),
    raw: z.string().optional().meta({ description: 'the input as the source reads it, before it is parsed' }),
    key: z.string().nullable().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    time: z.union([z.iso.datetime({ offset: true }), z.iso.date(), z.int()]).optional(),
  })
  .refine((event) => !('value' in event && 'raw' in event), 'expected `value` or `raw`, got both')

const pipelineTest = z.strictObject({
  name: z.string().min(1),
  given: z.record(z.string(), z.array(testEvent)).meta({ description: 'events by the node that they enter' }),
  expect: z
    .record(z.string(), z.strictObject({ contains: z.array(testEvent).optional(), count: z.int().min(0).optional() }))
    .meta({ description: 'what must be found in the topics afterwards, by node' }),
})

const settings = {
  pipeline: nodeName.meta({ description: 'name of the pipeline; topics and groups begin with it' }),
  description: z.string().optional(),
  broker: broker.prefault('embedded'),
  vars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected a name of letters, digits and "_"'),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .optional()
    .meta({ description: 'values for ${var:NAME}; --var NAME=… overrides them' }),
  partitions: partitions.prefault(4),
  retention: retention.prefault('7d'),
  max_disk: z
    .union([byteSize, percentage.transform((ratio) => ({ ratio }))])
    .prefault('80%')
    .meta({ description: 'size of the data, or share of its volume, at which sources are held back' }),
  commit_interval: duration.prefault('100ms').meta({ description: 'time between two commits' }),
  shutdown_timeout: duration.prefault('30s').meta({ description: 'time for what is in flight when the run stops' }),
  on_error: onError.optional(),
  tests: z.array(pipelineTest).optional(),
}

const nodes = z.record(z.string(), z.unknown())

/** The document as it is checked first: its nodes are only known to be there, each is checked for itself. */
export const pipelineOutline = z.strictObject({
  ...settings,
  sources: nodes.refine((sources) => Object.keys(sources).length > 0, 'expected at least one source'),
  streams: nodes.optional(),
  sinks: nodes.optional(),
})
export type PipelineSettings = Omit<z.output<typeof pipelineOutline>, 'sources' | 'streams' | 'sinks'>

/** The whole document, as far as it does not depend on plugins. */
export const pipelineDocument = z.strictObject({
  ...settings,
  sources: z.record(nodeName, sourceNode).meta({ description: 'what is read into topics' }),
  streams: z.record(nodeName, streamNode).optional().meta({ description: 'topics made from other topics by steps' }),
  sinks: z.record(nodeName, sinkNode).optional().meta({ description: 'where topics are delivered to' }),
})
