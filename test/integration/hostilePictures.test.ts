import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type EmbeddedRecipe, findEmbedded, findEmbeddedIn, isExportError } from '../../src/core/index';
import { embedInPng } from '../support/embedInPng';
import { withinCpuSeconds } from '../support/cpuTime';
import { smallDataset } from '../support/dataset';
import { embeddedPicture } from '../support/embeddedPicture';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const formats = { png: 'A.png', jpeg: 'A.jpg', tiff: 'A.tiff', webp: 'A.webp', pdf: 'A.pdf', svg: 'A.svg', 'ome-tiff': 'A.ome.tiff' }; // prettier-ignore

/** Numbers that look random and are the same in every run (xorshift). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe('pictures that were damaged or forged', () => {
  let out: string;
  let folder: string;

  before(() => {
    folder = smallDataset(['A']);
    out = path.join(temporaryFolder(), 'out');
    const flags = Object.keys(formats).flatMap((format) => ['--format', format]);
    const { exitCode, stderr } = runCli('fovs', folder, '--channel', 'DNA=red:0:200', '--mask', 'whole_cell', ...flags, '--out', out); // prettier-ignore
    assert.equal(exitCode, 0, stderr);
  });

  for (const [format, name] of Object.entries(formats)) {
    it(`${format}: cut off anywhere or with any bytes changed, are read or refused in a sentence, in a moment`, async () => {
      const whole = readFileSync(path.join(out, name));
      const expected = JSON.stringify(await findEmbeddedIn(whole, name));
      const random = numbers(format.length * 7919);
      let refused = 0;
      const read = async (bytes: Buffer): Promise<void> => {
        try {
          const found = await withinCpuSeconds(1, () => findEmbeddedIn(bytes, name));
          assert.ok(found === undefined || found.batchExport === 1);
        } catch (error) {
          assert.ok(isExportError(error, 'RecipeInvalid'), String(error));
          assert.match(error.message, new RegExp(`^Expected [^\\n]{1,800}\\.$`));
          refused++;
        }
      };
      for (let i = 0; i < 400; i++) await read(whole.subarray(0, random(whole.length)));
      // Where the text and what leads to it are, not the pixels.
      const text = whole.indexOf('batchExport');
      const [from, to] = [Math.max(0, text - 300), Math.min(whole.length, text + 2500)];
      for (let i = 0; i < 1500; i++) {
        const bytes = Buffer.from(whole);
        for (let n = 0; n <= random(4); n++) {
          const at = random(2) === 0 ? random(Math.min(64, whole.length)) : from + random(to - from);
          bytes[at] = random(3) === 0 ? 0xff : random(256);
        }
        await read(bytes);
      }
      assert.ok(refused > 100, `only ${refused} refused`);
      assert.equal(JSON.stringify(await findEmbeddedIn(whole, name)), expected);
    });
  }

  it('are the same from a file and from memory', async () => {
    for (const name of Object.values(formats)) {
      const file = path.join(out, name);
      assert.deepEqual(await findEmbedded(file), await findEmbeddedIn(readFileSync(file), name));
    }
  });

  describe('with a forged text', () => {
    let bare: Buffer;
    let good: EmbeddedRecipe;

    before(async () => {
      const png = readFileSync(path.join(out, 'A.png'));
      good = await embeddedPicture(path.join(out, 'A.png'));
      const start = png.indexOf('iTXt') - 4;
      bare = Buffer.concat([png.subarray(0, start), png.subarray(start + 12 + png.readUInt32BE(start))]);
    });

    const forged = (text: string): string => {
      const file = path.join(temporaryFolder(), 'forged.png');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, embedInPng(bare, text));
      return file;
    };

    const cases: [name: string, change: (text: EmbeddedRecipe) => unknown, message: RegExp][] = [
      ['no JSON', () => '{"batchExport":1', /what it holds is no JSON\.\n$/],
      ['something else', () => ({ hello: 1 }), /does not say its version\.\n$/],
      ['a number', () => 7, /does not say its version\.\n$/],
      ['a newer version', (text) => ({ ...text, batchExport: 2, version: '9.0.0', more: 1 }), /made by a newer version of this program \(9\.0\.0\); update this one\.\n$/],
      ['a gallery that is none', (text) => ({ ...text, gallery: { items: 2 } }), /Unrecognized keys: "item", "file"\.\n$/],
      ['an unknown key', (text) => ({ ...text, run: 'rm' }), /Unrecognized key: "run"\.\n$/],
      ['a broken recipe', (text) => ({ ...text, recipe: { ...text.recipe, downsample: 0 } }), /recipe\.downsample: /],
      ['two formats', (text) => ({ ...text, recipe: { ...text.recipe, formats: ['png', 'pdf'] } }), /recipe: must be of format png/],
      ['channels that it lacks', (text) => ({ ...text, file: { ...text.file, channels: [1] } }), /file: has channels that/],
      ['a region of nothing', (text) => ({ ...text, item: { ...text.item, region: { x: 0, y: 0, widthPx: 0, heightPx: 1 } } }), /item\.region\.widthPx/],
      ['a cell without a label', (text) => ({ ...text, item: { ...text.item, label: 3 } }), /item: needs a label if it is a cell/],
      ['half a million wrong sources', (text) => ({ ...text, sources: Array.from({ length: 500_000 }, () => 0) }), /it is not as expected: sources\.0: [^\n]{1,500}…\.\n$/],
      ['many brackets', () => '['.repeat(1_000_000), /what it holds is no JSON/],
    ]; // prettier-ignore
    for (const [name, change, message] of cases) {
      it(`${name}: is refused in one sentence, and nothing is written`, () => {
        const text = change(good);
        const file = forged(typeof text === 'string' ? text : JSON.stringify(text));
        const target = path.join(temporaryFolder(), 'again');
        for (const args of [
          ['inspect', file],
          ['run', file, '--dataset', folder, '--out', target],
        ]) {
          // prettier-ignore
          const { exitCode, stdout, stderr } = runCli(...args);
          assert.deepEqual([exitCode, stdout], [2, '']);
          assert.match(stderr, /^RecipeInvalid: Expected a recipe in [^\n]*forged\.png, but /);
          assert.match(stderr, message);
        }
        assert.throws(() => readFileSync(path.join(target, 'manifest.csv')));
      });
    }

    it('sources outside of the dataset are not looked at', () => {
      const secret = path.join(path.dirname(folder), 'secret.txt');
      const sources = [
        { file: path.relative(folder, __filename), bytes: 1 },
        { file: __filename, bytes: 1 },
        { file: secret, isOutside: true, bytes: 1 },
      ];
      const { stdout } = runCli('inspect', forged(JSON.stringify({ ...good, sources })), '--dataset', folder);
      assert.deepEqual(stdout.match(/(?<= {2})(missing|outside of the dataset; not in use now|has changed.*)$/gm), [
        'missing',
        'missing',
        'outside of the dataset; not in use now',
      ]);
    });

    it('a huge region is an item that cannot be made', () => {
      const item = { ...good.item, region: { x: 0, y: 0, widthPx: 2 ** 30, heightPx: 2 ** 30 } };
      const target = path.join(temporaryFolder(), 'again');
      const { exitCode, stderr } = runCli('run', forged(JSON.stringify({ ...good, item })), '--dataset', folder, '--out', target); // prettier-ignore
      assert.equal(exitCode, 1);
      assert.match(stderr, /TooLarge: Expected a region near its image of 60 × 40 pixels/);
    });

    it('a region beside the image is an item that cannot be made', () => {
      const item = { ...good.item, region: { x: 100, y: 0, widthPx: 10, heightPx: 10 } };
      const target = path.join(temporaryFolder(), 'again');
      const { exitCode, stderr } = runCli('run', forged(JSON.stringify({ ...good, item })), '--dataset', folder, '--out', target); // prettier-ignore
      assert.equal(exitCode, 1);
      assert.match(stderr, /RoiInvalid: Expected the picture's region in FOV A, which is 60 × 40 pixels/);
    });
  });
});
