import { BUILT_IN_SINKS, BUILT_IN_SOURCES } from '../../connectors/index.ts'
import { PROCESSORS } from '../../processors/index.ts'
import type { Plugins } from './plugin-registry.ts'

/** Everything that a document can name without loading a file. */
export const BUILT_IN_PLUGINS: Plugins = { sources: BUILT_IN_SOURCES, sinks: BUILT_IN_SINKS, processors: PROCESSORS }
