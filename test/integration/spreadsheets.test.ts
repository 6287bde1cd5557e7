import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plane } from '../../sample/writeTiff';
import { readManifest, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { findPython, runPython } from '../support/runPython';
import { hasProgram, outputOf } from '../support/runProgram';
import { skipWithout } from '../support/skipWithout';
import { jobsFolder } from '../support/smallFovs';
import { temporaryFolder } from '../support/temporaryFolder';

/** FOVs as a stranger may name them, and their cells. */
const names: readonly [string, string][] = [
  ["'quoted", "''quoted"],
  ['+1.5e3', '+1.5e3'],
  ['+1+1', "'+1+1"],
  ['-', "'-"],
  ['-5', '-5'],
  ['-5abc', "'-5abc"],
  ['=1+1', "'=1+1"],
  ['@A1', "'@A1"],
  ['plain', 'plain'],
];

const plane: Plane = { widthPx: 8, heightPx: 6, data: new Uint16Array(48).fill(7) };

/** Prints the FOVs of a manifest, without the apostrophe that one may have. */
const readFovs = `
import csv, json, sys
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    fovs = [row["fov"] for row in csv.DictReader(file)]
print(json.dumps([[fov[1:] if fov.startswith("'") else fov, fov] for fov in fovs]))
`;

/** LibreOffice's CSV filter: commas, quotes, UTF-8, and formulas are computed where there are any. */
const eagerly = '--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true';

describe('manifest.csv in a spreadsheet', function () {
  this.timeout(180_000);
  let out: string;
  let manifests: string[];

  before(() => {
    const dataset = temporaryFolder();
    for (const [name] of names) {
      mkdirSync(path.join(dataset, name));
      writePlane(path.join(dataset, name, 'DNA.tiff'), plane);
    }
    out = temporaryFolder();
    const look = ['--channel', 'DNA=white:0:9', '--scale-bar', 'off'];
    const run = runCli('fovs', dataset, ...look, '--out', out);
    assert.equal(run.exitCode, 0, run.stderr);
    const jobs = path.join(out, jobsFolder);
    manifests = [out, ...readdirSync(jobs).map((job) => path.join(jobs, job))].map((folder) =>
      path.join(folder, 'manifest.csv'),
    );
    assert.equal(manifests.length, 2);
  });

  it('our reader has the names, manifest.json too', () => {
    const expected = names.map(([name]) => name).sort();
    for (const manifest of manifests) {
      const fovs = readManifest(path.dirname(manifest)).map(({ fov }) => fov);
      assert.deepEqual(fovs.sort(), expected, manifest);
    }
    const text = readFileSync(manifests[1].replace(/csv$/, 'json'), 'utf8');
    const { rows } = JSON.parse(text) as { rows: { fov: string }[] };
    assert.deepEqual(rows.map(({ fov }) => fov).sort(), expected);
  });

  it("Python's csv has them after one apostrophe is taken away", function () {
    const python = findPython('csv') ?? skipWithout('python3', this);
    for (const manifest of manifests) {
      assert.deepEqual((runPython(python, readFovs, [manifest]) as string[][]).sort(), [...names].sort(), manifest);
    }
  });

  it('LibreOffice computes none of them, and shows each', async function () {
    if (!hasProgram('soffice')) skipWithout('LibreOffice', this);
    const to = temporaryFolder();
    const at = (name: string): string => path.join(to, name);
    writeFileSync(at('formula.csv'), 'fov\n=1+1\n');
    manifests.forEach((manifest, i) => {
      copyFileSync(manifest, at(`${i}.csv`));
    });
    const files = ['formula.csv', ...manifests.map((_, i) => `${i}.csv`)].map(at);
    const profile = `-env:UserInstallation=${pathToFileURL(at('profile')).href}`;
    await outputOf('soffice', profile, '--headless', eagerly, '--convert-to', 'fods', '--outdir', to, ...files);
    assert.match(readFileSync(at('formula.fods'), 'utf8'), /table:formula="of:=1\+1"/);
    for (const [i, manifest] of manifests.entries()) {
      const sheet = readFileSync(at(`${i}.fods`), 'utf8');
      assert.doesNotMatch(sheet, /table:formula/, manifest);
      const shown = [...sheet.matchAll(/<text:p>([^<]*)<\/text:p>/g)].map(([, text]) => text.replaceAll('&apos;', "'"));
      const numbers = [...sheet.matchAll(/office:value="([^"]*)"/g)].map(([, value]) => Number(value));
      for (const [name, cell] of names) {
        if (Number.isNaN(Number(name))) assert.ok(shown.includes(cell), `${cell} in ${shown.join(' | ')}`);
        else assert.ok(numbers.includes(Number(name)), `${name} in ${numbers.join(' | ')}`);
      }
    }
  });
});
