import { createRequire } from 'node:module'
import { PROCESSOR_LIMITS } from '../limits.ts'
import { BuiltinFailure, type Builtin, type BuiltinContext } from './builtins/builtin.ts'
import { BUILTINS } from './builtins/builtins.ts'
import type { PolicyFailure } from './policy-engine.ts'
import { decodeRego, encodeRego, isRegoArray, RegoObject, RegoSet, toJson, type RegoValue } from './rego-value.ts'
import { webAssembly, type WasmInstance, type WasmMemory, type WasmModule } from '../../schemas/web-assembly.ts'

/**
 * OPA's SDK for Node. Its class loads data and knows the entrypoints; three things are done here instead, because there
 * they give wrong answers: inputs 0, false, "" and null count as none; arguments of builtins lose integers beyond 2^53
 * and the difference between sets and arrays; and its own sprintf and regex.split cannot be replaced (the one prints
 * `[object Object]`, the other backtracks).
 */
const { LoadedPolicy } = createRequire(import.meta.url)('@open-policy-agent/opa-wasm') as OpaWasm

interface OpaWasm {
  readonly LoadedPolicy: new (instance: WasmInstance, memory: WasmMemory, minorVersion: number) => LoadedPolicy
}

interface LoadedPolicy {
  readonly dataAddr: number
  /** Where memory is free: everything above is overwritten by each evaluation. */
  readonly dataHeapPtr: number
  readonly entrypoints: Readonly<Record<string, number>>
  /** An ArrayBuffer is JSON text. */
  setData(data: ArrayBuffer): void
}

/** What a module compiled by OPA exports, as far as it is used here. */
interface OpaExports {
  readonly opa_wasm_abi_version?: { readonly value: number }
  builtins(): number
  opa_malloc(size: number): number
  opa_json_dump(value: number): number
  opa_value_dump(value: number): number
  opa_value_parse(address: number, length: number): number
  /** 0 for what is no JSON. */
  opa_json_parse(address: number, length: number): number
  opa_heap_ptr_set(address: number): void
  opa_eval_ctx_new(): number
  opa_eval_ctx_set_input(context: number, value: number): void
  opa_eval_ctx_set_data(context: number, value: number): void
  opa_eval_ctx_set_entrypoint(context: number, entrypoint: number): void
  opa_eval_ctx_get_result(context: number): number
  eval(context: number): number
}

const PAGE_BYTES = 65_536
const MAX_PAGES = PROCESSOR_LIMITS.policyMemoryBytes.default / PAGE_BYTES
const MAX_RESULT_BYTES = PROCESSOR_LIMITS.policyResultBytes.default

/** What the SDK's class is told; it uses it only in its own `evaluate`, which is not called. */
const ABI_MINOR = 2

/** An evaluation that has no result; the instance it happened in is not to be used again. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure'
  readonly failure: PolicyFailure

  constructor(code: PolicyFailure['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.failure = { code, message }
  }
}

/** A policy in a memory of its own. Evaluations leave nothing behind, but memory that has grown stays grown. */
export class OpaWasmInstance {
  readonly entrypoints: Readonly<Record<string, number>>
  /** Major version of the interface between module and host; undefined before OPA 0.20. */
  readonly abiVersion: number | undefined
  /** Names of the builtins that the module asks its host for. */
  readonly builtins: readonly string[]
  readonly #memory: WasmMemory
  readonly #exports: OpaExports
  readonly #policy: LoadedPolicy
  readonly #builtinById = new Map<number, Builtin | undefined>()
  #view: Buffer
  #context: BuiltinContext = { timeMs: 0 }

  /** `initialPages`: what the module's own data needs. Throws when the module does not fit. */
  constructor(module: WasmModule, initialPages: number) {
    this.#memory = new webAssembly.Memory({ initial: initialPages, maximum: MAX_PAGES })
    this.#view = Buffer.from(this.#memory.buffer)
    const instance = new webAssembly.Instance(module, { env: this.#imports() })
    this.#exports = instance.exports as unknown as OpaExports
    this.abiVersion = this.#exports.opa_wasm_abi_version?.value
    this.#policy = new LoadedPolicy(instance, this.#memory, ABI_MINOR)
    this.entrypoints = this.#policy.entrypoints
    const ids = JSON.parse(this.#textAt(this.#exports.opa_json_dump(this.#exports.builtins()))) as Record<
      string,
      number
    >
    this.builtins = Object.keys(ids)
    for (const [name, id] of Object.entries(ids)) this.#builtinById.set(id, BUILTINS.get(name))
  }

  get memoryBytes(): number {
    return this.#memory.buffer.byteLength
  }

  /** Loads the document that Rego sees as `data`: JSON text. Throws EvaluationFailure when it does not fit. */
  setData(json: Uint8Array): void {
    this.#guarded(() => this.#policy.setData(Uint8Array.from(json).buffer))
  }

  /**
   * Evaluates an entrypoint with an input, JSON text, and returns the JSON text of its result; undefined when no rule
   * gave one. Throws EvaluationFailure.
   */
  evaluate(entrypoint: number, input: Uint8Array, context: BuiltinContext): Uint8Array | undefined {
    this.#context = context
    return this.#guarded(() => {
      const wasm = this.#exports
      wasm.opa_heap_ptr_set(this.#policy.dataHeapPtr)
      const value = this.#parseInput(input)
      const evaluation = wasm.opa_eval_ctx_new()
      wasm.opa_eval_ctx_set_input(evaluation, value)
      wasm.opa_eval_ctx_set_data(evaluation, this.#policy.dataAddr)
      wasm.opa_eval_ctx_set_entrypoint(evaluation, entrypoint)
      wasm.eval(evaluation)
      return resultOf(this.#bytesAt(wasm.opa_value_dump(wasm.opa_eval_ctx_get_result(evaluation))))
    })
  }

  /** `opa_eval`, which would do all this in one call, takes what it cannot read as no input, and then policies allow. */
  #parseInput(input: Uint8Array): number {
    const address = this.#exports.opa_malloc(input.length)
    this.#bytes().set(input, address)
    const value = this.#exports.opa_json_parse(address, input.length)
    if (value === 0) throw new EvaluationFailure('E_POLICY_EVALUATION', 'the input is no JSON that OPA can read')
    return value
  }

  #imports(): object {
    const call = (id: number, _context: number, ...args: number[]): number => this.#callBuiltin(id, args)
    return {
      memory: this.#memory,
      opa_abort: (address: number) => {
        throw abortFailure(this.#textAt(address))
      },
      opa_println: () => undefined,
      opa_builtin0: call,
      opa_builtin1: call,
      opa_builtin2: call,
      opa_builtin3: call,
      opa_builtin4: call,
    }
  }

  /** Address of the result; 0 makes the expression undefined. */
  #callBuiltin(id: number, addresses: readonly number[]): number {
    const builtin = this.#builtinById.get(id)
    if (builtin === undefined) throw new EvaluationFailure('E_POLICY_BUILTIN', `builtin ${id} does not exist here`)
    const args = addresses.map((address) => decodeRego(this.#textAt(this.#exports.opa_value_dump(address))))
    try {
      return this.#store(encodeRego(builtin(args, this.#context)))
    } catch (thrown) {
      if (thrown instanceof BuiltinFailure) return 0
      throw thrown
    }
  }

  #store(text: string): number {
    const length = Buffer.byteLength(text)
    const address = this.#exports.opa_malloc(length)
    this.#bytes().write(text, address, 'utf8')
    return this.#exports.opa_value_parse(address, length)
  }

  /** Growing the memory detaches what was looking at it. */
  #bytes(): Buffer {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = Buffer.from(this.#memory.buffer)
    return this.#view
  }

  #bytesAt(address: number): Buffer {
    const bytes = this.#bytes()
    return bytes.subarray(address, bytes.indexOf(0, address))
  }

  #textAt(address: number): string {
    return this.#bytesAt(address).toString()
  }

  #guarded<T>(run: () => T): T {
    try {
      return run()
    } catch (thrown) {
      throw toFailure(thrown)
    }
  }
}

/**
 * The result set is `[{"result": …}]` or empty, in Rego's notation: in JSON, the order of a set's items would be that of
 * the wasm's hashes, and a large integer would be rounded in silence.
 */
function resultOf(resultSet: Buffer): Uint8Array | undefined {
  if (resultSet.length > MAX_RESULT_BYTES) {
    const message = `the result has ${resultSet.length} bytes, more than ${MAX_RESULT_BYTES}`
    throw new EvaluationFailure('E_POLICY_RESULT', message)
  }
  const decoded = decodeRego(resultSet.toString())
  const [entry] = decoded instanceof RegoSet ? decoded.items : isRegoArray(decoded) ? decoded : []
  const result = entry instanceof RegoObject ? entry.get('result') : undefined
  return result === undefined ? undefined : Buffer.from(jsonText(result))
}

function jsonText(result: RegoValue): string {
  try {
    return JSON.stringify(toJson(result))
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    const message = `the result holds an integer that JSON would round: ${cause.message}; give it as text with sprintf("%d", [n])`
    throw new EvaluationFailure('E_POLICY_RESULT', message, cause)
  }
}

function abortFailure(message: string): EvaluationFailure {
  if (message.startsWith('opa_malloc')) return memoryFailure()
  return new EvaluationFailure('E_POLICY_EVALUATION', message)
}

function memoryFailure(cause?: unknown): EvaluationFailure {
  const megabytes = Math.round(PROCESSOR_LIMITS.policyMemoryBytes.default / 1024 ** 2)
  return new EvaluationFailure('E_POLICY_MEMORY', `the policy needs more than ${megabytes} MiB for this input`, cause)
}

/** What wasm and its host throw, in words that are the same on every replay. */
function toFailure(thrown: unknown): EvaluationFailure {
  if (thrown instanceof EvaluationFailure) return thrown
  if (thrown instanceof RangeError) {
    if (!thrown.message.includes('call stack')) return memoryFailure(thrown)
    return new EvaluationFailure('E_POLICY_EVALUATION', 'the policy calls itself too deeply', thrown)
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  const isExpected = thrown instanceof webAssembly.RuntimeError || thrown instanceof SyntaxError
  return new EvaluationFailure(isExpected ? 'E_POLICY_EVALUATION' : 'E_BUG', message, thrown)
}
