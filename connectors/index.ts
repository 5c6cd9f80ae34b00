import type { SinkPlugin, SourcePlugin } from './connector.ts'
import { elasticsearchSink } from './elasticsearch/sink.ts'
import { fileSink } from './file/sink.ts'
import { fileSource } from './file/source.ts'
import { generateSource } from './generate/source.ts'
import { httpSource } from './http/source.ts'
import { stdoutSink } from './stdout/sink.ts'
import { trivySource } from './trivy/source.ts'

/** The sources that `uses:` knows by name, a line each. */
export const BUILT_IN_SOURCES: readonly SourcePlugin[] = [fileSource, generateSource, httpSource, trivySource]

/** The sinks that `uses:` knows by name, a line each. */
export const BUILT_IN_SINKS: readonly SinkPlugin[] = [elasticsearchSink, fileSink, stdoutSink]
