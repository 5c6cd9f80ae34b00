import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, nullableArray, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const assignment = struct({
  brokerIds: array(int32()),
})

/** Raises the number of partitions of topics; `count` is the new total. */
export const createPartitions = defineApi({
  key: 37,
  name: 'CreatePartitions',
  versions: [0, 3],
  flexibleSince: 2,
  request: struct({
    topics: array(struct({ name: string(), count: int32(), assignments: nullableArray(assignment) })),
    timeoutMs: int32(),
    validateOnly: boolean(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    results: array(
      struct({ name: string(), errorCode: int16({ default: 0 }), errorMessage: nullableString({ default: null }) }),
    ),
  }),
})
