import { nearestName } from '../../schemas/nearest-name.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import { BUILTINS, reasonMissing } from './builtins/builtins.ts'
import { OpaWasmInstance } from './opa-wasm-instance.ts'
import type { PolicyBundle } from './bundle.ts'
import { webAssembly, type WasmModule } from '../../schemas/web-assembly.ts'

/** A bundle whose wasm is compiled and known to run here. */
export interface PolicyModule {
  readonly compiled: WasmModule
  /** Pages of memory that the module's own data needs before anything runs. */
  readonly initialPages: number
  readonly entrypoints: ReadonlyMap<string, number>
  /** JSON text of what Rego sees as `data`. */
  readonly data: Uint8Array
  readonly revision: string
  readonly digest: string
}

/** Compiles a bundle for an entrypoint and refuses what could only fail later: at the first event, or at one in a thousand. */
export async function compilePolicy(bundle: PolicyBundle, entrypoint: string): Promise<PolicyModule> {
  const compiled = await compileWasm(bundle)
  checkAbi(compiled, bundle.path)
  const [instance, initialPages] = instantiate(compiled, bundle.path)
  const entrypoints = new Map(Object.entries(instance.entrypoints))
  checkEntrypoint(entrypoint, [...entrypoints.keys()], bundle.path)
  checkBuiltins(instance.builtins, bundle.path)
  return { compiled, initialPages, entrypoints, data: bundle.data, revision: bundle.revision, digest: bundle.digest }
}

async function compileWasm({ wasm, path }: PolicyBundle): Promise<WasmModule> {
  try {
    return await webAssembly.compile(wasm)
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message.replace(/^WebAssembly\.compile\(\): /, '') : String(cause)
    throw new StoplogError('E_POLICY_BUNDLE', `the wasm in ${path} is damaged: ${detail}`, { where: path, cause })
  }
}

const NEEDED_EXPORTS = ['opa_value_dump', 'opa_value_parse', 'opa_json_dump', 'opa_malloc', 'builtins', 'entrypoints']

function checkAbi(module: WasmModule, path: string): void {
  const exported = new Set(webAssembly.Module.exports(module).map(({ name }) => name))
  const isOpa = exported.has('opa_eval_ctx_new') || exported.has('opa_wasm_abi_version')
  if (!isOpa) {
    throw new StoplogError('E_POLICY_BUNDLE', `the wasm in ${path} was not made by OPA`, { where: path })
  }
  const missing = NEEDED_EXPORTS.filter((name) => !exported.has(name))
  if (missing.length > 0) {
    const message = `the wasm in ${path} lacks ${missing.join(', ')}: it was built with an OPA older than 0.27`
    throw new StoplogError('E_POLICY_ABI', message, { where: path })
  }
}

const FEWEST_PAGES = 5
const MOST_PAGES = 2048

/**
 * An instance, and the memory it needs to begin with: nothing tells that but trying. Runs in this thread, without a time
 * limit: what is called here only returns constants.
 */
function instantiate(module: WasmModule, path: string): readonly [instance: OpaWasmInstance, initialPages: number] {
  for (let pages = FEWEST_PAGES; ; pages *= 2) {
    try {
      const instance = new OpaWasmInstance(module, pages)
      if (instance.abiVersion !== 1) {
        throw new StoplogError('E_POLICY_ABI', `the wasm in ${path} has ABI version ${instance.abiVersion}, not 1`, {
          where: path,
        })
      }
      return [instance, pages]
    } catch (cause) {
      if (cause instanceof StoplogError) throw cause
      const needsMore = cause instanceof webAssembly.LinkError || cause instanceof webAssembly.RuntimeError
      if (needsMore && pages < MOST_PAGES) continue
      const detail = cause instanceof Error ? cause.message : String(cause)
      throw new StoplogError('E_POLICY_ABI', `the wasm in ${path} does not start: ${detail}`, { where: path, cause })
    }
  }
}

/** As many as a message can hold. */
const ENTRYPOINTS_NAMED = 5

function checkEntrypoint(wanted: string, available: readonly string[], path: string): void {
  if (available.includes(wanted)) return
  const likely = wanted.replace(/^data[./]/, '').replaceAll('.', '/')
  const suggestion = available.includes(likely) ? likely : nearestName(likely, available)
  const meant = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  const named = [...available].sort().slice(0, ENTRYPOINTS_NAMED)
  const more = available.length > named.length ? `, and ${available.length - named.length} more` : ''
  const list = available.length === 0 ? 'none' : `${named.join(', ')}${more}`
  throw new StoplogError('E_POLICY_ENTRYPOINT', `${path} has no entrypoint ${wanted}${meant} (it has: ${list})`, {
    where: path,
    fix: `name one of these, or build the bundle with \`-e ${likely}\``,
  })
}

function checkBuiltins(used: readonly string[], path: string): void {
  const missing = used.filter((name) => !BUILTINS.has(name))
  if (missing.length === 0) return
  const reasons = missing.map((name) => `${name} (${reasonMissing(name)})`).join(', ')
  throw new StoplogError('E_POLICY_BUILTIN', `${path} calls functions that do not exist here: ${reasons}`, {
    where: path,
  })
}
