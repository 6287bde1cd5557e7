import { setFlagsFromString } from 'node:v8';

/** A setting of glibc's allocator, since 2.35; others, and kernels without large pages, know nothing of it. */
const largePages = 'glibc.malloc.hugetlb=1';

/**
 * The environment of a process that plans or makes pictures.
 *
 * Its large arrays lie in large pages where the system has them: touching those of 4 KiB for the first time takes longer
 * than to decode an image that is not compressed into them.
 */
export function makerEnvironment(): NodeJS.ProcessEnv {
  const { GLIBC_TUNABLES: tunables } = process.env;
  return {
    ...process.env,
    GLIBC_TUNABLES: tunables ? `${tunables}:${largePages}` : largePages,
    // Who may be trusted on a network, which such a process does not use: Node reads them whenever it starts.
    NODE_EXTRA_CA_CERTS: '',
    // On the desktop, the program that runs us is the editor itself, which this turns into plain Node.
    ELECTRON_RUN_AS_NODE: '1',
  };
}

/**
 * Has V8 optimise a function when it was at work sixteen times as long as usual. What takes long is WebAssembly; JavaScript
 * goes through thousands of small items a second, and compiling it took a fifth of a job of so many cells.
 *
 * From version 12 on (Node 22) V8 knows this setting no more, and would say so on the standard error; it has a compiler
 * between the two, which takes less.
 */
export function optimiseLate(): void {
  if (Number.parseInt(process.versions.v8) < 12) setFlagsFromString('--interrupt-budget=1081344');
}

/**
 * Has V8 clear up when the heap is half as large again as what is in use, and keep what is new in a megabyte or two. By itself
 * it waits until the heap is four times as large: planning 100 000 cells took 130 MiB more, most of it what nobody needed.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--semi-space-growth-factor=1');
}
