/**
 * The rooms of core in which reading, choosing, drawing and writing meet, and what each of them knows: of one another only
 * those that stand before it here.
 */
const rooms = {
  kernels: ['installed'],
  installed: [],
  import: ['model', 'read', 'store', 'write'],
  job: ['model', 'read', 'write'],
  gallery: ['model', 'read', 'render', 'write', 'job'],
  plan: ['model', 'read', 'select', 'render', 'write', 'job', 'gallery'],
  again: ['model', 'read', 'select', 'job', 'plan'],
  make: ['model', 'read', 'select', 'render', 'write', 'job', 'plan', 'again'],
  run: ['model', 'read', 'select', 'render', 'write', 'job', 'gallery', 'plan', 'again', 'make'],
};

/**
 * The borders of the architecture. Each rule says what to do instead of the import that it forbids.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'core-stands-alone',
      comment:
        'core knows neither VS Code nor its users. Pass the value in as an argument, or move the code out of core.',
      severity: 'error',
      from: { path: '^src/core' },
      to: { path: '^(vscode$|node_modules/@types/vscode|src/(extension|webview|cli))' },
    },
    {
      name: 'webview-is-a-browser',
      comment:
        'The webview runs in a browser. Ask the host with a request of protocol.ts; from core it may take types and pure model or render code.',
      severity: 'error',
      from: { path: '^src/webview' },
      to: {
        path: '^(vscode$|node_modules/@types/(vscode|node)/|src/(extension|cli)|src/core/(?!model|render))',
        pathNot: '^node_modules/@types/vscode-webview',
      },
    },
    {
      name: 'webview-no-node',
      comment: 'The webview runs in a browser, which has no Node modules. Ask the host instead.',
      severity: 'error',
      from: { path: '^src/webview' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'core-through-its-face',
      comment: 'The extension and the command line use core/index.ts only. Export there what is missing.',
      severity: 'error',
      from: { path: '^src/(extension|cli)' },
      to: { path: '^src/core/(?!index\\.ts$)' },
    },
    {
      name: 'extension-sees-protocol-only',
      comment: 'Of the webview, the extension imports the protocol and nothing else.',
      severity: 'error',
      from: { path: '^src/extension' },
      to: { path: '^src/(webview/(?!protocol\\.ts$)|cli)' },
    },
    {
      name: 'cli-without-vscode',
      comment: 'The command line runs with plain node. Move what it shares with the extension into core.',
      severity: 'error',
      from: { path: '^src/cli' },
      to: { path: '^(vscode$|src/(extension|webview))' },
    },
    {
      name: 'model-imports-nothing',
      comment: 'model is data and schemas, the ground that all stands on. Put behaviour into another room.',
      severity: 'error',
      from: { path: '^src/core/model' },
      to: { path: '^src/', pathNot: '^src/core/model' },
    },
    {
      name: 'render-and-select-are-pure',
      comment:
        'render and select import model and kernels only: no disk, no clock, no native module. Read before, write after, in make.',
      severity: 'error',
      from: { path: '^src/core/(render|select)/' },
      to: { path: '^src/', pathNot: '^src/core/(model|kernels|render|select)/' },
    },
    {
      name: 'render-and-select-do-not-meet',
      comment: 'Choosing and drawing do not know each other; plan and make bring them together.',
      severity: 'error',
      from: { path: '^src/core/(render|select)/' },
      to: { path: '^src/core/(render|select)/', pathNot: '^src/core/$1/' },
    },
    {
      name: 'read-and-write-do-not-meet',
      comment: 'Only the rooms above join reading, rendering and writing. Move the shared part to model.',
      severity: 'error',
      from: { path: '^src/core/(read|write|store)/' },
      to: { path: '^src/core/', pathNot: ['^src/core/(model|kernels|installed|$1)/', '^src/core/store/'] },
    },
    ...Object.entries(rooms).map(([room, known]) => ({
      name: `what-${room}-knows`,
      comment: `${room} imports ${known.join(', ')} and nothing else of core: rooms stand in one order. Hand it in from the room that calls, or move the shared part to a room that both know.`,
      severity: 'error',
      from: { path: `^src/core/${room}/` },
      to: { path: '^src/core/', pathNot: `^src/core/(${[room, ...known].join('|')})/` },
    })),
    {
      name: 'disk-has-few-homes',
      comment: 'The file system is used in read, write, store, import and the job folder only. Call one of them.',
      severity: 'error',
      from: {
        path: '^src/core',
        pathNot:
          '^src/core/(read|write|store|import|installed)/|^src/core/kernels/compiledKernels\\.ts$|^src/core/(job/(jobFolder|jobJournal|jobNotes|manifest|requireOutput)|run/claimJob)\\.ts$',
      },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    ...Object.entries({
      sharp: 'src/core/write/pictureEncoder.ts',
      fontkit: 'src/core/read/subsetFont.ts',
      h5wasm: 'src/core/read/table/h5ad/openHdf5.ts',
      pdfkit: 'src/core/write/pdfDocument.ts',
      zstddec: 'src/core/read/tiff/decompressBlock.ts',
      'fast-xml-parser': 'src/core/read/omeXml.ts',
      zarrita: 'src/core/read/zarr/(zarrArray|zarrCodecs|chunkStore).ts',
      papaparse: 'src/core/(read/table/tableRecords|job/manifestCsv).ts',
      'color-name': 'src/core/store/uelerColor.ts',
      '@vscode/webview-ui-toolkit': 'src/webview/toolkit.ts',
    }).map(([name, home]) => ({
      name: `one-home-for-${name}`,
      comment: `${name} is used in ${home} only, so that it can be replaced there. Call what that file exports.`,
      severity: 'error',
      from: { path: '^src', pathNot: `^${home}$` },
      to: { path: `^node_modules/(@types/)?${name}/` },
    })),
    {
      name: 'no-cycles',
      comment: 'Two files that import each other are one file, or need a third that both import.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing uses this file. Delete it.',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-tests-or-tools-in-src',
      comment:
        'src ships to users: no test code and no devDependency. Move it to test/ or sample/, or make it a dependency.',
      severity: 'error',
      from: { path: '^src' },
      to: { path: '^(test|sample)/' },
    },
    {
      name: 'no-dev-dependencies',
      comment: 'src ships to users. Make the package a dependency, or do without it.',
      severity: 'error',
      from: { path: '^src' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'resolvable',
      comment: 'This import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
