import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int8, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const resource = struct({
  resourceType: int8(),
  resourceName: string(),
  configs: array(struct({ name: string(), value: nullableString() })),
})

const resourceResponse = struct({
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
  resourceType: int8(),
  resourceName: string(),
})

/** Replaces the whole configuration of topics or brokers: what is left out returns to its default. */
export const alterConfigs = defineApi({
  key: 33,
  name: 'AlterConfigs',
  versions: [0, 2],
  flexibleSince: 2,
  request: struct({
    resources: array(resource),
    validateOnly: boolean(),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    responses: array(resourceResponse),
  }),
})
