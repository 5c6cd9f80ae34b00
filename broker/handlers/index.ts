import type { BrokerContext } from '../broker-context.ts'
import { createApiVersionsHandler } from './api-versions.ts'
import { createCreateTopicsHandler } from './create-topics.ts'
import { createDeleteRecordsHandler } from './delete-records.ts'
import { createDeleteTopicsHandler } from './delete-topics.ts'
import { createDescribeConfigsHandler } from './describe-configs.ts'
import { createFetchHandler } from './fetch.ts'
import { createGroupHandlers } from './group-handlers.ts'
import type { Handler } from './handler.ts'
import { createInitProducerIdHandler } from './init-producer-id.ts'
import { createListOffsetsHandler } from './list-offsets.ts'
import { createMetadataHandler } from './metadata.ts'
import { createProduceHandler } from './produce.ts'

/** Every API that is served. What ApiVersions answers is derived from this list. */
export function createHandlers(context: BrokerContext): readonly Handler[] {
  const handlers: Handler[] = [
    createApiVersionsHandler(() => handlers.map(({ api }) => api.key)),
    createMetadataHandler(context),
    createProduceHandler(context),
    createFetchHandler(context),
    createListOffsetsHandler(context),
    createCreateTopicsHandler(context),
    createDeleteTopicsHandler(context),
    createDescribeConfigsHandler(context),
    createDeleteRecordsHandler(context),
    createInitProducerIdHandler(context),
    ...createGroupHandlers(context),
  ]
  return handlers
}
