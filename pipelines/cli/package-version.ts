import { existsSync, readFileSync } from 'node:fs'
import { isJsonObject } from '../../schemas/json.ts'

/** The version in the package's own package.json: two folders further up, three when built. */
export function packageVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    const url = new URL(path, import.meta.url)
    const json: unknown = existsSync(url) ? JSON.parse(readFileSync(url, 'utf8')) : null
    if (isJsonObject(json) && json['name'] === 'stoplog') return JSON.stringify(json['version']).slice(1, -1)
  }
  return 'unknown'
}
