import { writeFileSync } from 'node:fs'
import { BUILT_IN_SINKS, BUILT_IN_SOURCES } from '../../connectors/index.ts'
import { PROCESSORS } from '../../processors/index.ts'
import { pipelineJsonSchema } from './json-schema.ts'

/* `npm run schema`: writes schemas/pipeline.schema.json, which a test compares with the code. */

const schema = pipelineJsonSchema({ sources: BUILT_IN_SOURCES, sinks: BUILT_IN_SINKS, processors: PROCESSORS })
writeFileSync(new URL('../../../schemas/pipeline.schema.json', import.meta.url), `${JSON.stringify(schema, null, 2)}\n`)
