// One bundle per world: the extension host, the command line, the webview.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as esbuild from 'esbuild';
import { buildKernels } from './buildKernels.mjs';
import { noticesFile, thirdPartyNotices } from './thirdPartyNotices.mjs';

const watch = process.argv.includes('--watch');

/** @type {esbuild.BuildOptions} */
const shared = {
  bundle: true,
  minify: !watch,
  sourcemap: watch,
  legalComments: 'none', // THIRD_PARTY_NOTICES.txt has them whole
  metafile: true,
  logLevel: 'warning',
};

/**
 * What libraries name and we never call is not shipped, nor read at every start. zarrita names the codecs of numcodecs,
 * WebAssembly of more than a megabyte, all of which are replaced by our own (src/core/read/zarr/zarrCodecs.ts); fontkit
 * needs brotli, a megabyte as well, for WOFF2 alone, and our font is a TTF.
 * @type {esbuild.Plugin}
 */
const withoutUnused = {
  name: 'without-unused',
  setup(build) {
    build.onResolve({ filter: /^(numcodecs|brotli)\// }, ({ path }) => ({ path, namespace: 'not-shipped' }));
    build.onLoad({ filter: /.*/, namespace: 'not-shipped' }, () => ({ contents: 'export default undefined;' }));
  },
};

/** What most processes need nothing of: bundles of their own, beside those that may ask for them, which then are read faster. */
const apart = ['doCommand', 'pdfkit', 'fontkit'];

/** @type {esbuild.Plugin} */
const withBundlesApart = {
  name: 'with-bundles-apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(\\./)?(${apart.join('|')})$`) }, ({ path, kind }) =>
      kind === 'entry-point' ? undefined : { path: `./${path.replace('./', '')}.cjs`, external: true },
    );
  },
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...shared,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // sharp loads a native library from its own folder, so it stays a package beside the bundle.
  external: ['vscode', 'sharp'],
  // Stack traces in reports must name our functions. As they are: what keeps names of shortened ones gives every closure its
  // own again, each time that it is made.
  ...(!watch && { minify: false, minifyWhitespace: true, minifySyntax: true }),
  plugins: [withoutUnused, withBundlesApart],
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node' },
    // Required, not imported: Node reads a bundle of CommonJS twice to import it.
    supported: { 'dynamic-import': false },
  },
  {
    ...node,
    // Of libraries, their modules for `require`: PDFKit's own for `import` asks where it lies, which a bundle cannot say.
    entryPoints: {
      doCommand: 'src/cli/doCommand.ts',
      ...Object.fromEntries(['pdfkit', 'fontkit'].map((name) => [name, createRequire(import.meta.url).resolve(name)])),
    },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    // What `import 'multiplex-batch-export'` gives. Not minified: an error that a script does not catch is printed with the
    // line it comes from, which otherwise is half the file.
    minifyWhitespace: false,
    minifySyntax: false,
    entryPoints: { index: 'src/core/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { renderWorker: 'src/core/run/worker/renderWorker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    // h5wasm is five megabytes that only AnnData tables need, in a thread of their own.
    entryPoints: { h5adWorker: 'src/core/read/table/h5ad/h5adWorker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    // Its module asks where it lies, which a bundle of CommonJS says otherwise.
    define: { 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  },
  {
    ...shared,
    platform: 'browser',
    target: 'chrome128',
    format: 'iife',
    entryPoints: { webview: 'src/webview/main.ts' },
    outdir: 'dist',
  },
];

await buildKernels();
if (watch) {
  const contexts = await Promise.all(bundles.map((b) => esbuild.context(b)));
  await Promise.all(contexts.map((c) => c.watch()));
} else {
  const results = await Promise.all(bundles.map((b) => esbuild.build(b)));
  writeFileSync(noticesFile, thirdPartyNotices(results.flatMap(({ metafile }) => Object.keys(metafile.inputs))));
}
