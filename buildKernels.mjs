// Compiles kernels/ to WebAssembly, where it has changed since.
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import asc from 'assemblyscript/asc';

const folder = 'kernels';
const out = 'dist/kernels.wasm';

/** The same sources and the same compiler give the same bytes, wherever they lie. */
const options = ['-O3', '--converge', '--enable', 'simd', '--runtime', 'stub', '--noAssert', '--initialMemory', '1'];

export async function buildKernels() {
  const sources = readdirSync(folder).map((name) => `${folder}/${name}`);
  const newest = Math.max(...[...sources, 'package-lock.json'].map((file) => statSync(file).mtimeMs));
  if ((statSync(out, { throwIfNoEntry: false })?.mtimeMs ?? 0) > newest) return;
  mkdirSync('dist', { recursive: true });
  const { error, stderr } = await asc.main([`${folder}/index.ts`, '--outFile', out, ...options]);
  if (error) throw new Error(`${folder} cannot be compiled: ${stderr.toString()}`);
}
