import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { XMLParser } from 'fast-xml-parser';
import { isExportError } from '../../src/core/model/exportError';
import type { Plane, SampleArray, SampleType } from '../../src/core/model/image';
import { readPixelSize } from '../../src/core/read/readPixelSize';
import { type OpenTiff, openTiff } from '../../src/core/read/tiff/openTiff';
import { readTiffRegion } from '../../src/core/read/tiff/readTiffRegion';
import { encodeOmeTiff, type OmeTiffPlanes } from '../support/encodeWhole';
import { sampleArrays } from '../support/sampleArrays';
import { temporaryFolder } from '../support/temporaryFolder';

type WrittenType = keyof typeof sampleArrays;
const omeTypes: Partial<Record<WrittenType, string>> = { float32: 'float', float64: 'double' };

/** A plane of any bits, the same in every run: extremes, and for floats also NaN with a payload, ±Infinity and −0. */
function anyBits(sampleType: WrittenType, widthPx: number, heightPx: number, seed: number): Plane {
  const Type = sampleArrays[sampleType];
  const bytes = new Uint8Array(widthPx * heightPx * Type.BYTES_PER_ELEMENT);
  let state = seed;
  for (let i = 0; i < bytes.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  const samples = new Type(bytes.buffer);
  if (samples.length > 5 && (samples instanceof Float32Array || samples instanceof Float64Array)) {
    samples.set([Number.NaN, Infinity, -Infinity, -0, 0], 1);
  }
  return { widthPx, heightPx, samples };
}

function bytesOf({ buffer, byteOffset, byteLength }: SampleArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function input(sampleType: WrittenType, widthPx: number, heightPx: number, names = ['DNA', 'CD3']): OmeTiffPlanes {
  const channels = names.map((name, i) => ({ name, sampleType, plane: anyBits(sampleType, widthPx, heightPx, i + 1) }));
  return { name: 'FOV 1', channels, pixelSizeUm: 0.5 };
}

/** Writes, opens, gives to `check`, and closes. */
async function reopen(
  written: OmeTiffPlanes,
  check: (tiff: OpenTiff) => Promise<void>,
  classicBytes?: number,
): Promise<void> {
  const file = path.join(temporaryFolder(), 'fov.ome.tiff');
  writeFileSync(file, await encodeOmeTiff(written, classicBytes));
  const tiff = await openTiff(file);
  try {
    await check(tiff);
  } finally {
    await tiff.close();
  }
}

async function checkValues(tiff: OpenTiff, { channels }: OmeTiffPlanes): Promise<void> {
  assert.equal(tiff.pages.length, channels.length);
  for (const [i, { name, plane, sampleType }] of channels.entries()) {
    const page = tiff.pages[i];
    const { widthPx, heightPx } = plane;
    assert.deepEqual([page.widthPx, page.heightPx, page.sampleType], [widthPx, heightPx, sampleType]);
    assert.equal(page.pageName, name);
    assert.equal(page.tiled, Math.max(widthPx, heightPx) > 2048);
    const [read] = await readTiffRegion(tiff, page, [0], { x: 0, y: 0, widthPx, heightPx });
    assert.ok(bytesOf(read.samples).equals(bytesOf(plane.samples)), `${name}: other values`);
  }
}

type Attributes = Readonly<Record<string, string>>;
interface OmeDocument {
  readonly OME: {
    readonly Image: Attributes & {
      readonly Pixels: Attributes & { readonly Channel: Attributes[]; readonly TiffData: Attributes[] };
    };
  };
}

function parseOme(description: string | undefined): OmeDocument['OME']['Image'] {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    htmlEntities: true,
    isArray: (name) => name === 'Channel' || name === 'TiffData',
  });
  return (parser.parse(description ?? '') as OmeDocument).OME.Image;
}

describe('encoding an OME-TIFF', () => {
  for (const sampleType of Object.keys(sampleArrays) as WrittenType[]) {
    it(`keeps every bit of ${sampleType}`, async () => {
      for (const [widthPx, heightPx] of [
        [61, 43],
        [1, 1],
        [1, 700],
        [513, 2049],
        [2050, 3],
      ]) {
        const written = input(sampleType, widthPx, heightPx);
        await reopen(written, async (tiff) => {
          await checkValues(tiff, written);
          assert.equal(parseOme(tiff.pages[0].description).Pixels['Type'], omeTypes[sampleType] ?? sampleType);
        });
      }
    });
  }

  it('is Deflate without a predictor, which ImageJ would leave undone', async () => {
    for (const [widthPx, heightPx] of [
      [61, 43],
      [2100, 20],
    ]) {
      for (const sampleType of Object.keys(sampleArrays) as WrittenType[]) {
        await reopen(input(sampleType, widthPx, heightPx), ({ pages }) => {
          const found = pages.map(({ compression, predictor }) => [compression, predictor]);
          assert.deepEqual(found, [
            [8, 1],
            [8, 1],
          ]);
          return Promise.resolve();
        });
      }
    }
  });

  it('reads strips and tiles by region', async () => {
    for (const [widthPx, heightPx] of [
      [1000, 900],
      [2100, 1100],
    ]) {
      const written = input('uint16', widthPx, heightPx, ['DNA']);
      const { samples } = written.channels[0].plane;
      await reopen(written, async (tiff) => {
        const region = { x: 500, y: 400, widthPx: 300, heightPx: 200 };
        const [read] = await readTiffRegion(tiff, tiff.pages[0], [0], region);
        for (const [x, y] of [
          [0, 0],
          [299, 0],
          [0, 199],
          [299, 199],
          [12, 112],
        ]) {
          assert.equal(read.samples[y * 300 + x], samples[(y + 400) * widthPx + x + 500]);
        }
      });
    }
  });

  it('puts no more rows into the last strip than the image has', async () => {
    const written = input('uint8', 2000, 140, ['DNA']);
    await reopen(written, async (tiff) => {
      const [page] = tiff.pages;
      const last = page.offsets.length - 1;
      assert.ok(last > 0);
      const bytes = inflateSync(await tiff.readBytes(page.offsets[last], page.byteCounts[last]));
      assert.equal(bytes.length, 2000 * (140 - last * page.blockHeightPx));
    });
  });

  it('writes a BigTIFF of the same content', async () => {
    for (const [widthPx, heightPx] of [
      [61, 43],
      [2100, 520],
    ]) {
      const written = input('uint16', widthPx, heightPx, ['DNA', 'CD3', 'µ']);
      const file = await encodeOmeTiff(written, 0);
      assert.equal(file.toString('latin1', 0, 4), 'II+\0');
      await reopen(written, (tiff) => checkValues(tiff, written), 0);
    }
    assert.equal((await encodeOmeTiff(input('uint16', 61, 43))).toString('latin1', 0, 4), 'II*\0');
  });

  it('chooses BigTIFF when the pixels could exceed what a TIFF can address', async () => {
    const version = async (written: OmeTiffPlanes, classicBytes?: number) =>
      (await encodeOmeTiff(written, classicBytes)).readUInt16LE(2);
    const two = input('uint16', 61, 43);
    assert.equal(await version(two), 42);
    assert.equal(await version(two, 2 * 61 * 43 * 2), 42);
    assert.equal(await version(two, 2 * 61 * 43 * 2 - 1), 43);
    // Tiles are whole: two pages of five.
    assert.equal(await version(input('uint8', 2050, 3), 2 * 5 * 512 * 512), 42);
    assert.equal(await version(input('uint8', 2050, 3), 2 * 5 * 512 * 512 - 1), 43);
  });

  it('says in OME-XML what it holds', async () => {
    await reopen(input('uint16', 61, 43, ['DNA', 'CD3', 'CD8']), async ({ pages }) => {
      const { description } = pages[0];
      assert.equal(
        description,
        '<?xml version="1.0" encoding="UTF-8"?>' +
          '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd">' +
          '<Image ID="Image:0" Name="FOV 1">' +
          '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="61" SizeY="43" SizeZ="1" SizeC="3" SizeT="1" BigEndian="false" PhysicalSizeX="0.5" PhysicalSizeXUnit="µm" PhysicalSizeY="0.5" PhysicalSizeYUnit="µm">' +
          '<Channel ID="Channel:0:0" Name="DNA" SamplesPerPixel="1"/><Channel ID="Channel:0:1" Name="CD3" SamplesPerPixel="1"/><Channel ID="Channel:0:2" Name="CD8" SamplesPerPixel="1"/>' +
          '<TiffData IFD="0" FirstZ="0" FirstC="0" FirstT="0" PlaneCount="1"/><TiffData IFD="1" FirstZ="0" FirstC="1" FirstT="0" PlaneCount="1"/><TiffData IFD="2" FirstZ="0" FirstC="2" FirstT="0" PlaneCount="1"/>' +
          '</Pixels></Image></OME>',
      );
      assert.deepEqual(
        pages.slice(1).map((page) => page.description),
        [undefined, undefined],
      );
      assert.deepEqual(
        pages.map((page) => page.pageName),
        ['DNA', 'CD3', 'CD8'],
      );
      assert.deepEqual(readPixelSize(pages[0]), { pixelSize: { um: 0.5, origin: 'ome' } });
      assert.deepEqual(pages[2].resolution, [20_000, 20_000]);
      return Promise.resolve();
    });
  });

  it('keeps pixel sizes of many digits in the resolution tags', async () => {
    for (const pixelSizeUm of [0.390625, 0.325, 0.3774, 1, 1 / 3, 0.49984, 12_345.678]) {
      await reopen({ ...input('uint8', 5, 4), pixelSizeUm }, ({ pages }) => {
        assert.deepEqual(readPixelSize(pages[0]), { pixelSize: { um: pixelSizeUm, origin: 'ome' } });
        const perCm = pages[0].resolution?.[0] ?? 0;
        assert.ok(Math.abs((perCm * pixelSizeUm) / 10_000 - 1) < 1e-9, `${perCm} pixels per cm`);
        return Promise.resolve();
      });
    }
  });

  it('says nothing about a pixel size that is unknown', async () => {
    const { name, channels } = input('uint8', 5, 4);
    await reopen({ name, channels }, ({ pages }) => {
      assert.equal(pages[0].description?.includes('PhysicalSize'), false);
      assert.deepEqual(readPixelSize(pages[0]), {});
      assert.deepEqual(pages[0].resolution, [1, 1]);
      return Promise.resolve();
    });
  });

  it('escapes names and writes them as UTF-8', async () => {
    const names = ['<b> & "q" \'s\'', 'α-SMA 10 µm', '核', '😀', ' tab\there '];
    const written = { ...input('uint8', 5, 4, names), name: 'R&D <1>' };
    const file = await encodeOmeTiff(written);
    assert.ok(file.includes(Buffer.from("&lt;b&gt; &amp; &quot;q&quot; 's'", 'utf8')));
    assert.ok(file.includes(Buffer.from('α-SMA 10 µm', 'utf8')));
    assert.ok(file.includes(Buffer.from('tab&#9;here', 'utf8')));
    await reopen(written, ({ pages }) => {
      const image = parseOme(pages[0].description);
      assert.equal(image['Name'], 'R&D <1>');
      // The parser trims attributes.
      const read = image.Pixels.Channel.map((channel) => channel['Name']);
      assert.deepEqual(
        read.map((name) => name.trim()),
        names.map((name) => name.trim()),
      );
      assert.deepEqual(
        pages.map((page) => page.pageName),
        names,
      );
      return Promise.resolve();
    });
  });

  it('replaces characters that XML cannot hold', async () => {
    const file = await encodeOmeTiff(input('uint8', 5, 4, ['a\u0001b', 'c\ud800d', 'e\uffffz']));
    for (const name of ['a\ufffdb', 'c\ufffdd', 'e\ufffdz'])
      assert.ok(file.includes(Buffer.from(`Name="${name}"`)), name);
  });

  it('gives equal bytes for equal input', async () => {
    const [first, second] = [
      await encodeOmeTiff(input('uint16', 700, 2100)),
      await encodeOmeTiff(input('uint16', 700, 2100)),
    ];
    assert.ok(first.equals(second));
  });

  it('takes samples that are a part of a larger array', async () => {
    const plane = anyBits('int16', 30, 21, 3);
    const larger = new Int16Array(plane.samples.length + 9).fill(77);
    larger.set(plane.samples, 4);
    const part = { ...plane, samples: larger.subarray(4, -5) };
    const encode = async (of: Plane) =>
      await encodeOmeTiff({ name: 'F', channels: [{ name: 'A', plane: of, sampleType: 'int16' }] });
    assert.ok((await encode(part)).equals(await encode(plane)));
    assert.equal(larger[3], 77);
  });

  it('leaves the samples as they are', async () => {
    const written = input('uint16', 40, 30);
    const before = bytesOf(written.channels[0].plane.samples).toString('hex');
    await encodeOmeTiff(written);
    assert.equal(bytesOf(written.channels[0].plane.samples).toString('hex'), before);
  });

  describe('refuses', () => {
    const channel = (name: string, sampleType: WrittenType) => ({
      name,
      sampleType,
      plane: anyBits(sampleType, 5, 4, 1),
    });
    const refuses = async (
      channels: OmeTiffPlanes['channels'],
      code: 'MixedSampleTypes' | 'ImageUnsupported',
      words: string,
    ) => {
      await assert.rejects(encodeOmeTiff({ name: 'F1', channels }), (error: unknown) => {
        assert.ok(isExportError(error, code), String(error));
        assert.ok(error.message.includes(words), error.message);
        return true;
      });
    };

    it('channels of different sample types, naming one of each', async () => {
      const channels = [channel('DNA', 'uint16'), channel('CD3', 'uint16'), channel('CD8', 'float32')];
      await refuses(channels, 'MixedSampleTypes', 'OME-TIFF of F1, but DNA is uint16 and CD8 is float32;');
    });

    it('half-precision floats', async () => {
      const plane = { widthPx: 2, heightPx: 1, samples: new Float32Array(2) };
      const float16: SampleType = 'float16';
      await refuses([{ name: 'DNA', plane, sampleType: float16 }], 'ImageUnsupported', 'DNA is float16');
    });

    it('integers of 64 bits', async () => {
      const plane = { widthPx: 2, heightPx: 1, samples: new Float64Array(2) };
      for (const sampleType of ['int64', 'uint64'] as const) {
        const words = `Expected integers of 8, 16 or 32 bits or floats of 32 or 64 for the OME-TIFF of F1, but DNA is ${sampleType}, which OME has no type for.`;
        await refuses([{ name: 'DNA', plane, sampleType }], 'ImageUnsupported', words);
      }
    });

    it('what no caller may ask', async () => {
      await assert.rejects(encodeOmeTiff({ name: 'F1', channels: [] }), RangeError);
      await assert.rejects(encodeOmeTiff({ ...input('uint8', 5, 4), pixelSizeUm: 0 }), RangeError);
      const { plane } = channel('DNA', 'uint16');
      await assert.rejects(
        encodeOmeTiff({ name: 'F1', channels: [{ name: 'DNA', plane, sampleType: 'uint8' }] }),
        RangeError,
      );
    });
  });
});
