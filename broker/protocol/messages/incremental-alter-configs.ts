import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int8, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const resource = struct({
  resourceType: int8(),
  resourceName: string(),
  configs: array(struct({ name: string(), configOperation: int8(), value: nullableString() })),
})

const resourceResponse = struct({
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
  resourceType: int8(),
  resourceName: string(),
})

/** Changes single entries of configurations; `configOperation` 0 sets, 1 deletes, 2 appends, 3 subtracts. */
export const incrementalAlterConfigs = defineApi({
  key: 44,
  name: 'IncrementalAlterConfigs',
  versions: [0, 1],
  flexibleSince: 1,
  request: struct({
    resources: array(resource),
    validateOnly: boolean(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    responses: array(resourceResponse),
  }),
})
