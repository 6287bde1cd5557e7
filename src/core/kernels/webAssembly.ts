/** A memory of WebAssembly. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** @param pages of 64 KiB; all views of `buffer` end */
  grow(pages: number): number;
}

/** What we use of WebAssembly, which Node has and its types do not describe. */
interface WebAssemblyOfNode {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

/** What a module exports that needs nothing from outside. */
export function instantiate(bytes: Uint8Array): object {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfNode }).WebAssembly;
  return new Instance(new Module(bytes)).exports;
}
