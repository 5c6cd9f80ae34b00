import { writeFileSync } from 'node:fs'
import { BUILT_IN_PLUGINS } from './built-in-plugins.ts'
import { pipelineJsonSchema } from './json-schema.ts'

/* `npm run schema`: writes schemas/pipeline.schema.json, which a test compares with the code. */

const text = JSON.stringify(pipelineJsonSchema(BUILT_IN_PLUGINS), null, 2)
writeFileSync(new URL('../../schemas/pipeline.schema.json', import.meta.url), `${text}\n`)
