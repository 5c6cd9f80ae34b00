import { defineApi } from '../api.ts'
import { array, boolean, int16, int32, int8, nullableArray, nullableString, string } from '../field.ts'
import { struct } from '../struct.ts'

const config = struct({
  name: string(),
  value: nullableString(),
  readOnly: boolean(),
  configSource: int8({ default: -1 }),
  isSensitive: boolean(),
  synonyms: array(struct({ name: string(), value: nullableString(), source: int8() })),
  configType: int8({ since: 3, default: 0 }),
  documentation: nullableString({ since: 3, default: null }),
})

const result = struct({
  errorCode: int16({ default: 0 }),
  errorMessage: nullableString({ default: null }),
  resourceType: int8(),
  resourceName: string(),
  configs: array(config),
})

/** Shows the configuration of topics and brokers; null keys ask for all. Since 3 types and documentation are told. */
export const describeConfigs = defineApi({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexibleSince: 4,
  request: struct({
    resources: array(
      struct({ resourceType: int8(), resourceName: string(), configurationKeys: nullableArray(string()) }),
    ),
    includeSynonyms: boolean({ default: false }),
    includeDocumentation: boolean({ since: 3, default: false }),
  }),
  response: struct({
    throttleTimeMs: int32({ default: 0 }),
    results: array(result),
  }),
})
