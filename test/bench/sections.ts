import { benchCodec } from './bench-codec.ts'
import { benchLog } from './bench-log.ts'
import { benchPipeline } from './bench-pipeline.ts'
import { benchServer } from './bench-server.ts'
import type { BenchOptions, Section } from './section.ts'

/** All parts by the names that `--only` knows. */
export const SECTIONS: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  codec: benchCodec,
  log: benchLog,
  server: benchServer,
  pipeline: benchPipeline,
}
