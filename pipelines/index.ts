/** `stoplog`: what plugins are made of, and a pipeline run from a program of one's own. */
export { z } from 'zod'
export {
  type BatchLimits,
  type ConnectorContext,
  defineSink,
  defineSource,
  type Deliver,
  type PullSource,
  type PullSourceDefinition,
  type PushSource,
  type PushSourceDefinition,
  type Sink,
  type SinkCapabilities,
  type SinkDefinition,
  type SinkPlugin,
  type SourceBatch,
  type SourceCapabilities,
  type SourcePlugin,
} from '../connectors/connector.ts'
export { type FailedWrite, WriteFailure } from '../connectors/write-failure.ts'
export {
  type BatchProcessor,
  defineProcessor,
  type EachProcessor,
  type Processor,
  type ProcessorContext,
  type ProcessorDefinition,
  type ProcessorPlugin,
  type StepOutcome,
  type StepPlace,
} from '../processors/processor.ts'
export { type Store, type StoreDefinition } from '../processors/state/store.ts'
export { byteSize, formatBytes, parseByteSize } from '../schemas/byte-size.ts'
export { duration, formatDuration, parseDuration } from '../schemas/duration.ts'
export { ERRORS, type ErrorCode } from '../schemas/error-codes.ts'
export type { ErrorCategory } from '../schemas/errors/error-entry.ts'
export { type Event, type EventHeaders, type FailedInput, type NewEvent, type WorkingEvent } from '../schemas/event.ts'
export { condition, confinedTemplate, expression, template } from '../schemas/expression.ts'
export { isJsonObject, type Json, type JsonObject } from '../schemas/json.ts'
export { type Clock, type Expressions, type LogFields, type Logger, type Metrics } from '../schemas/runtime.ts'
export { Secret, secret } from '../schemas/secret.ts'
export { StoplogError, type StoplogErrorOptions } from '../schemas/stoplog-error.ts'
export { type Plugins } from './config/plugin-registry.ts'
export { type Diagnostic, formatDiagnostic } from './config/diagnostic.ts'
export { InvalidDocument, type PipelineOutcome, runPipeline, type RunPipelineOptions } from './run-pipeline.ts'
