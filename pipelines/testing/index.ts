/**
 * `stoplog/testing`: what every source, sink and step has to keep, built in or of a user's own, as lists of named cases
 * that any test runner can run: `for (const { name, run } of sinkContract(plugin, setup)) test(name, run)`.
 */
export {
  createTestContext,
  type TestContext,
  type TestContextOptions,
} from '../../connectors/testing/connector-context.ts'
export { type ContractCase } from '../../connectors/testing/contract-case.ts'
export { ManualClock } from '../../connectors/testing/manual-clock.ts'
export { pushSourceContract, type PushSourceSubject } from '../../connectors/testing/push-source-contract.ts'
export { createSinkEvent } from '../../connectors/testing/sink-event.ts'
export { sinkContract, type SinkSubject } from '../../connectors/testing/sink-contract.ts'
export { sourceContract, type SourceSubject } from '../../connectors/testing/source-contract.ts'
export {
  createProcessorContext,
  type ProcessorContextOptions,
  type ProcessorTestContext,
} from '../../processors/testing/processor-context.ts'
export { processorContract, type ProcessorContractSetup } from '../../processors/testing/processor-contract.ts'
export { createWorkingEvent, type EventFields } from '../../processors/testing/working-event.ts'
export { createExpressions } from '../../processors/cel/expressions.ts'
