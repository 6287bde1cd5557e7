/** What we use of WebAssembly, which Node has and its types do not describe. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    private readonly compiled: unknown;
  }

  class Instance {
    constructor(module: Module);
    readonly exports: object;
  }

  interface Memory {
    readonly buffer: ArrayBuffer;
    /** @param pages of 64 KiB; all views of `buffer` end */
    grow(pages: number): number;
  }
}
