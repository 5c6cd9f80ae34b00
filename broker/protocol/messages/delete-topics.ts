import { defineApi } from '../api.ts'
import { array, int16, int32, nullableString, string, uuid, ZERO_UUID } from '../field.ts'
import { struct } from '../struct.ts'

const topicResponse = struct({
  name: nullableString({ nullableSince: 6 }),
  topicId: uuid({ since: 6, default: ZERO_UUID }),
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ since: 5, default: null }),
})

/** Deletes topics. Since 5 errors have a text, since 6 topics are named by name or by id. */
export const deleteTopics = defineApi({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 6],
  flexibleSince: 4,
  request: struct({
    topics: array(struct({ name: nullableString({ default: null }), topicId: uuid() }), { since: 6 }),
    topicNames: array(string(), { until: 5 }),
    timeoutMs: int32(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    responses: array(topicResponse),
  }),
})
