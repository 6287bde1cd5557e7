import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { installVsix } from '../harness/installVsix';
import { makeRunDirectory, type RunDirectory } from '../harness/runDirectory';
import { decodePicture, smallDataset } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

/** What every package of node_modules may have besides what is loaded: what names it, and whose it is. */
const papers = /^node_modules\/(@img\/)?[^/]+\/(package\.json|LICENSE(\.md)?|README\.md|versions\.json)$/;

/** All else, and why. */
const shipped = [
  /^dist\/(extension|cli|doCommand|renderWorker|h5adWorker|pdfkit|fontkit)\.cjs$/, // one a process or thread, and what few need
  /^dist\/kernels\.wasm$/, // loaded by whatever draws or decodes
  /^dist\/webview\.js$/,
  /^dist\/THIRD_PARTY_NOTICES\.txt$/,
  /^media\/(panel\.css|icon\.svg)$/,
  /^media\/fonts\/\w+(-Regular\.ttf|\.ttf|-LICENSE\.txt)$/,
  /^media\/licenses\/(GPL-3|LGPL-3|MPL-2)\.0\.txt$/,
  /^media\/licenses\/libvips\/[\w-]+\.txt$/,
  /^schemas\/[\w-]+\.schema\.json$/,
  /^(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/, // what VS Code shows
];

/** Makes a picture with sharp, and says which libraries and modules of CommonJS that took. */
const loadSharp = `
  import('sharp').then(async ({ default: sharp }) => {
    await sharp(new Uint8Array(3), { raw: { width: 1, height: 1, channels: 3 } }).jpeg().toBuffer();
    console.log(JSON.stringify([...Object.keys(require.cache), ...process.report.getReport().sharedObjects]));
  });
`;

/** The files of a package that its bundles load, as Node finds them. */
async function loadedFiles(extension: string): Promise<ReadonlySet<string>> {
  const { metafile } = await esbuild.build({
    absWorkingDir: extension,
    entryPoints: ['extension', 'cli', 'renderWorker', 'h5adWorker'].map((name) => `dist/${name}.cjs`),
    ...{ bundle: true, platform: 'node', metafile: true, write: false, outdir: 'nowhere', logLevel: 'error' },
    external: ['vscode', '@img/sharp-*'],
  });
  const { status, stdout, stderr } = spawnBounded(process.execPath, ['-e', loadSharp], { cwd: extension });
  assert.equal(status, 0, stderr);
  const absolute = (JSON.parse(stdout) as string[]).map((file) => path.relative(extension, path.normalize(file)));
  return new Set([...Object.keys(metafile.inputs), ...absolute.map((file) => file.split(path.sep).join('/'))]);
}

/** The package as VS Code unpacks it, away from the source tree. */
describe('the packaged extension', () => {
  let run: RunDirectory;
  let vsix: string;
  let extension: string;
  let files: string[];

  before(async () => {
    vsix = await packagedExtension();
    run = makeRunDirectory();
    await installVsix(run, vsix);
    const [name] = readdirSync(run.extensions).filter((each) => existsSync(path.join(run.extensions, each, 'dist')));
    extension = path.join(run.extensions, name);
    files = readdirSync(extension, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(extension, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
      // VS Code's own.
      .filter((file) => file !== '.vsixmanifest');
  });

  after(() => {
    run?.remove();
  });

  it('is of 12 MB at most', () => {
    assert.ok(statSync(vsix).size <= 12_000_000, `${statSync(vsix).size} bytes`);
  });

  it('holds what it runs, what VS Code shows and whose it is, and nothing else', async () => {
    const loaded = await loadedFiles(extension);
    const others = files.filter(
      (file) => !shipped.some((kind) => kind.test(file)) && !papers.test(file) && !loaded.has(file),
    );
    assert.deepEqual(others, []);
  });

  it('makes pictures with nothing but what is in it', async () => {
    const out = path.join(temporaryFolder(), 'out');
    const { status, stderr } = spawnBounded(process.execPath, [
      path.join(extension, 'dist', 'cli.cjs'),
      ...['fovs', smallDataset(['A']), '--channel', 'DNA=blue:0:255', '--out', out],
      ...['--format', 'jpeg', '--format', 'png', '--format', 'pdf', '--scale-bar', '10um'],
    ]);
    assert.equal(status, 0, stderr);
    assert.equal((await decodePicture(path.join(out, 'A.jpg'))).widthPx, 60);
    assert.deepEqual(
      readdirSync(out).filter((name) => name.startsWith('A.')),
      ['A.jpg', 'A.pdf', 'A.png'],
    );
  });

  it('has the notices of every library that is in libvips', () => {
    const [list] = files.filter((file) => file.endsWith('/versions.json'));
    const versions = JSON.parse(readFileSync(path.join(extension, list), 'utf8')) as Record<string, string>;
    const said = readFileSync(path.join(extension, 'dist', 'THIRD_PARTY_NOTICES.txt'), 'utf8');
    assert.ok(Object.keys(versions).length > 20);
    for (const [part, version] of Object.entries(versions)) {
      const notice = readFileSync(path.join(extension, 'media', 'licenses', 'libvips', `${part}.txt`), 'utf8');
      assert.match(notice, /copyright|©/i, part);
      assert.ok(said.includes(`\n${part} ${version}\n`), part);
    }
  });

  it('has a README without pictures and links that lead nowhere', () => {
    const readme = readFileSync(path.join(extension, 'readme.md'), 'utf8');
    assert.match(readme, /^# Multiplex Batch Export/);
    assert.doesNotMatch(readme, /!\[|\]\((?!https?:|#)/);
  });
});
