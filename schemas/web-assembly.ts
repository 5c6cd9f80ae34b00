/**
 * The part of Node's WebAssembly that is used here. Its types come with those of the browser only, and these would let
 * `window` and `document` compile everywhere.
 */
export interface WasmModule {
  /** A module is handed to another thread without being compiled again. */
  readonly [Symbol.toStringTag]: 'WebAssembly.Module'
}

export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** Throws RangeError beyond the maximum. */
  grow(pages: number): number
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    exports(module: WasmModule): readonly { readonly name: string }[]
  }
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WasmMemory
  readonly Instance: new (module: WasmModule, imports: Readonly<Record<string, object>>) => WasmInstance
  /** The module asks for something that it was not given. */
  readonly LinkError: new () => Error
  /** A trap: the module did something that cannot go on. */
  readonly RuntimeError: new () => Error
}

export const webAssembly: WebAssemblyApi = (globalThis as unknown as { readonly WebAssembly: WebAssemblyApi })
  .WebAssembly
