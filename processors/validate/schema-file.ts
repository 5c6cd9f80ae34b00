import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isJsonObject, type Json, type JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { PROCESSOR_LIMITS } from '../limits.ts'

/** Reads the file of a JSON Schema; a relative path starts at the document's folder. Rejects with E_SCHEMA. */
export async function loadSchema(path: string, baseDir: string): Promise<JsonObject | boolean> {
  const file = resolve(baseDir, path)
  const text = await readLimited(file, path)
  let schema: Json
  try {
    schema = JSON.parse(text.replace(/^\uFEFF/, '')) as Json
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_SCHEMA', `${path} is not JSON: ${reason}`, { where: file, cause: error })
  }
  if (typeof schema === 'boolean' || isJsonObject(schema)) return schema
  throw new StoplogError('E_SCHEMA', `${path} is no JSON Schema: one is an object`, { where: file })
}

async function readLimited(file: string, path: string): Promise<string> {
  const limit = PROCESSOR_LIMITS.maxSchemaBytes.default
  try {
    const { size } = await stat(file)
    if (size > limit)
      throw new StoplogError('E_SCHEMA', `${path} has ${size} bytes; ${limit} are allowed`, { where: file })
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof StoplogError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new StoplogError('E_SCHEMA', `${path} cannot be read: ${reason}`, {
      where: file,
      fix: 'name a file that exists; a relative path starts at the folder of the document',
      cause: error,
    })
  }
}
