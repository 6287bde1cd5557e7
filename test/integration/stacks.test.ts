import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Dataset, Fov, ImageSource } from '../../src/core/model/dataset';
import { type ExportErrorCode, isExportError } from '../../src/core/model/exportError';
import type { Plane } from '../../src/core/model/image';
import { openDataset } from '../../src/core/read/openDataset';
import { readImageHeader, readPlane, withImage } from '../../src/core/read/openImage';
import { readFovHeader } from '../../src/core/read/readFovHeader';
import { temporaryFolder } from '../support/temporaryFolder';

/** An error or warning: its code, and words that its message has. */
interface Expected {
  readonly code: ExportErrorCode;
  readonly words: readonly string[];
}

interface ExpectedPlane {
  readonly name: string;
  readonly dtype: string;
  readonly size: readonly [widthPx: number, heightPx: number];
  /** The number of a blob: little-endian. */
  readonly samples: number;
}

interface ExpectedFov {
  readonly name: string;
  readonly channels?: readonly ExpectedPlane[];
  /** Channels that are listed and cannot be read. */
  readonly unreadable?: Readonly<Record<string, Expected>>;
  readonly pixelSize?: { readonly um: number; readonly origin: string };
  /** Words of why the stated pixel size cannot be used. */
  readonly problem?: string;
  readonly masks?: readonly ExpectedPlane[];
  /** The channels in each level of the pyramid. */
  readonly levels?: readonly (readonly ExpectedPlane[])[];
  readonly error?: Expected;
}

interface Case {
  readonly name: string;
  /** Blobs by path. */
  readonly files: Readonly<Record<string, number>>;
  readonly options?: { readonly panelFile: string };
  readonly fovs?: readonly ExpectedFov[];
  readonly warnings?: readonly Expected[];
  /** Of the whole dataset. */
  readonly error?: Expected;
}

const { cases, blobBytes, blobs } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'expected', 'stacks.json'), 'utf8'),
) as { cases: Case[]; blobBytes: number[]; blobs: string };

const contents: Buffer[] = [];
{
  const all = inflateSync(Buffer.from(blobs, 'base64'));
  let at = 0;
  for (const bytes of blobBytes) contents.push(all.subarray(at, (at += bytes)));
}

function write(files: Case['files']): string {
  const folder = temporaryFolder();
  for (const [name, blob] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents[blob]);
  }
  return folder;
}

function assertSays(message: string, { words }: Expected): void {
  for (const word of words) assert.ok(message.includes(word), `“${word}” in: ${message}`);
  assert.match(message, /\.$/, 'a sentence');
}

function assertPlane(plane: Plane, { dtype, size, samples }: ExpectedPlane, what: string): void {
  assert.deepEqual([plane.widthPx, plane.heightPx], size, what);
  assert.equal(plane.samples.constructor.name.toLowerCase(), `${dtype}array`, what);
  const read = Buffer.from(plane.samples.buffer, plane.samples.byteOffset, plane.samples.byteLength);
  assert.equal(read.toString('hex'), contents[samples].toString('hex'), what);
}

async function assertSources(found: readonly ImageSource[], expected: readonly ExpectedPlane[]): Promise<void> {
  assert.deepEqual(
    found.map(({ name }) => name),
    expected.map(({ name }) => name),
  );
  for (const [i, source] of found.entries()) {
    assertPlane(await readPlane(source), expected[i], source.name);
    const { widthPx, heightPx, sampleType } = await readImageHeader(source);
    assert.deepEqual([widthPx, heightPx, sampleType], [...expected[i].size, expected[i].dtype]);
  }
}

async function assertFov(dataset: Dataset, fov: Fov, expected: ExpectedFov): Promise<void> {
  const { channels = [], unreadable = {}, masks = [], levels } = expected;
  assert.equal(fov.error?.code, expected.error?.code, fov.error?.message);
  if (expected.error) {
    assertSays(fov.error!.message, expected.error);
    assert.match(fov.error!.message, /^Expected /);
  }
  await assertSources(
    fov.channels.filter(({ name }) => !(name in unreadable)),
    channels,
  );
  for (const [name, error] of Object.entries(unreadable)) {
    const source = fov.channels.find((channel) => channel.name === name)!;
    await assert.rejects(readPlane(source), (thrown) => {
      assert.ok(isExportError(thrown, error.code), String(thrown));
      assertSays(thrown.message, error);
      return true;
    });
  }
  const header = await readFovHeader({ ...dataset, fallbackPixelSize: { um: 77, origin: 'dataset' } }, fov);
  const problem = header.errors.find(({ code }) => code === 'PixelSizeMissing');
  if (expected.problem === undefined) {
    assert.equal(problem, undefined, problem?.message);
    // Where the file says nothing, and only there, the dataset's setting counts.
    assert.deepEqual(header.pixelSize, expected.pixelSize ?? { um: 77, origin: 'dataset' });
  } else {
    assertSays(problem!.message, { code: 'PixelSizeMissing', words: [expected.problem] });
    assert.equal(header.pixelSize, undefined);
  }
  await assertSources(fov.masks, masks);
  const [first] = fov.channels;
  if (levels === undefined || first === undefined) return;
  await withImage(first, async (image) => {
    const sizes = image.describe(first.plane).levels.map(({ widthPx, heightPx }) => [widthPx, heightPx]);
    assert.deepEqual(
      sizes,
      levels.map(([{ size }]) => size),
    );
    for (const [level, wanted] of levels.entries()) {
      const [widthPx, heightPx] = sizes[level];
      const region = { x: 0, y: 0, widthPx, heightPx };
      const read = await image.read(
        fov.channels.map(({ plane }) => plane),
        region,
        { level },
      );
      for (const [i, plane] of read.entries()) assertPlane(plane, wanted[i], `level ${level}, ${wanted[i].name}`);
      const part = { x: 3, y: 1, widthPx: 2, heightPx: 3 };
      const [cut] = await image.read([first.plane], part, { level });
      const at = (i: number): number => (part.y + Math.floor(i / 2)) * widthPx + part.x + (i % 2);
      assert.deepEqual(
        Array.from(cut.samples),
        Array.from(cut.samples, (_, i) => read[0].samples[at(i)]),
      );
    }
    assert.throws(() => image.describe({ page: 99, sample: 0 }), /page 100/);
    await assert.rejects(image.read([first.plane], { x: 0, y: 0, widthPx: 1, heightPx: 1 }, { level: 9 }), /level 9/);
  });
}

describe('FOVs in files of many channels are found with the right pixels, or refused with a reason', () => {
  for (const { name, files, options, fovs = [], warnings = [], error } of cases) {
    it(name, async () => {
      const folder = write(files);
      const open = openDataset(folder, options && { panelFile: path.join(folder, options.panelFile) });
      if (error) {
        await assert.rejects(open, (thrown) => {
          assert.ok(isExportError(thrown, error.code), String(thrown));
          assertSays(thrown.message, error);
          return true;
        });
        return;
      }
      const dataset = await open;
      assert.deepEqual(
        dataset.fovs.map((fov) => fov.name),
        fovs.map((fov) => fov.name),
      );
      for (const [i, fov] of dataset.fovs.entries()) await assertFov(dataset, fov, fovs[i]);
      const messages = dataset.warnings.map(({ message }) => message).join('\n');
      assert.deepEqual(
        dataset.warnings.map(({ code }) => code),
        warnings.map(({ code }) => code),
        messages,
      );
      for (const [i, { message }] of dataset.warnings.entries()) assertSays(message, warnings[i]);
    });
  }
});
