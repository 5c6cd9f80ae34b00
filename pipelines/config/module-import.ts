import { register } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FROM_FOLDER } from './module-hooks.ts'
import type { ImportModule } from './plugin-loading.ts'

/**
 * Imports plugins of users. Before the first one, hooks are registered that read TypeScript on Node 20, that find
 * packages from the document's folder, and that give `stoplog` to files that live outside of any project.
 */
export function createModuleImport(): ImportModule {
  // Run from TypeScript, as tests do, there are no built hooks, and whoever runs it reads TypeScript already.
  let isRegistered = import.meta.url.endsWith('.ts')
  return async (specifier, baseDir) => {
    if (!isRegistered) register(new URL('./module-hooks.js', import.meta.url))
    isRegistered = true
    if (/^\.{0,2}\//.test(specifier)) return import(pathToFileURL(resolve(baseDir, specifier)).href)
    const from = pathToFileURL(resolve(baseDir, 'pipeline.yaml')).href
    return import(`${FROM_FOLDER}${encodeURIComponent(specifier)}?${encodeURIComponent(from)}`)
  }
}
