import type { SinkPlugin, SourcePlugin } from '../../connectors/connector.ts'
import type { ProcessorPlugin } from '../../processors/processor.ts'

/** Everything that `uses:` and steps can name without loading a file. */
export interface Plugins {
  readonly sources: readonly SourcePlugin[]
  readonly sinks: readonly SinkPlugin[]
  readonly processors: readonly ProcessorPlugin[]
}

export type Plugin = SourcePlugin | SinkPlugin | ProcessorPlugin
export type PluginKind = Plugin['kind']

/** The plugin type of each kind. */
export interface PluginOf {
  readonly source: SourcePlugin
  readonly sink: SinkPlugin
  readonly processor: ProcessorPlugin
}

/** Finds plugins by the name that a document uses for them: their type, or the file or package they come from. */
export class PluginRegistry {
  readonly #plugins: { readonly [K in PluginKind]: Map<string, PluginOf[K]> }

  constructor(plugins: Plugins) {
    this.#plugins = {
      source: byType(plugins.sources),
      sink: byType(plugins.sinks),
      processor: byType(plugins.processors),
    }
  }

  find<K extends PluginKind>(kind: K, name: string): PluginOf[K] | undefined {
    return this.#plugins[kind].get(name)
  }

  add<K extends PluginKind>(kind: K, name: string, plugin: PluginOf[K]): void {
    this.#plugins[kind].set(name, plugin)
  }

  names(kind: PluginKind): readonly string[] {
    return [...this.#plugins[kind].keys()]
  }
}

function byType<P extends Plugin>(plugins: readonly P[]): Map<string, P> {
  return new Map(plugins.map((plugin) => [plugin.definition.type, plugin]))
}
