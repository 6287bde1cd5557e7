import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TiffOptions, writeTiff } from '../../sample/writeTiff';
import { kernelWorld } from '../../src/core/kernels/kernels';
import { isExportError } from '../../src/core/model/exportError';
import { readImageHeader, readPlane } from '../../src/core/read/openImage';
import { PlaneMemory } from '../../src/core/read/planeMemory';
import { temporaryFolder } from '../support/temporaryFolder';

const types = { Uint8Array, Uint16Array, Uint32Array, Int16Array, Int32Array, Float32Array };

function values(type: keyof typeof types): InstanceType<(typeof types)[keyof typeof types]> {
  const signed = type.startsWith('Int') || type.startsWith('Float');
  const step = type.startsWith('Float') ? 0.37 : 1;
  return new types[type](300 * 200).map((_, i) => ((i * 7919) % 251) * step - (signed ? 100 : 0));
}

describe('Invariant 6: readPlane gives the values on disk', () => {
  for (const littleEndian of [true, false]) {
    for (const compression of ['none', 'deflate'] as const) {
      for (const rowsPerStrip of [1, 7, 500]) {
        it(`${littleEndian ? 'little' : 'big'} endian, ${compression}, ${rowsPerStrip} rows a strip, every sample type`, async () => {
          const file = path.join(temporaryFolder(), 'image.tif');
          for (const type of Object.keys(types) as (keyof typeof types)[]) {
            const data = values(type);
            writeFileSync(
              file,
              writeTiff({ widthPx: 300, heightPx: 200, data }, { littleEndian, compression, rowsPerStrip }),
            );
            const { widthPx, heightPx, samples } = await readPlane({ file });
            assert.deepEqual([widthPx, heightPx], [300, 200]);
            assert.equal(samples.constructor.name, type);
            assert.deepEqual(samples, data);
          }
        });
      }
    }
  }
});

describe('strips that a file leaves out', () => {
  /** Without its second strip, as sparse files are: its offset and its number of bytes are 0. */
  function withoutSecondStrip(tiff: Buffer): Buffer {
    const directory = tiff.readUInt32LE(4);
    for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
      const entry = directory + 2 + 12 * i;
      // StripOffsets and StripByteCounts, of 4 bytes each.
      if ([273, 279].includes(tiff.readUInt16LE(entry))) tiff.writeUInt32LE(0, tiff.readUInt32LE(entry + 8) + 4);
    }
    return tiff;
  }

  for (const compression of ['none', 'deflate'] as const) {
    it(`are zeros, also in memory that held another plane: ${compression}`, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      const data = Uint16Array.from({ length: 40 * 30 }, (_, i) => i + 1);
      writeFileSync(
        file,
        withoutSecondStrip(writeTiff({ widthPx: 40, heightPx: 30, data }, { compression, rowsPerStrip: 10 })),
      );
      const memory = new PlaneMemory();
      memory.refill([new Uint16Array(40 * 30).fill(0xa5a5)]);
      const { samples } = await readPlane({ file }, { memory });
      assert.deepEqual(samples, data.fill(0, 400, 800));
    });
  }
});

describe('pixel size', () => {
  const inch = { x: 72, y: 72, unit: 'inch' } as const;
  const ome = (attributes: string): TiffOptions => ({
    imageDescription: `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ${attributes} SizeX="4"/></Image></OME>`,
  });
  const imageJ = (unit: string, x: number, y = x): TiffOptions => ({
    imageDescription: `ImageJ=1.54f\nunit=${unit}\nloop=false\n`,
    resolution: { x, y, unit: 'none' },
  });
  const mibi = (resolution: NonNullable<TiffOptions['resolution']>): TiffOptions => ({
    software: 'IonpathMIBIv1.0',
    imageDescription: '{"image.type": "SIMS", "channel.target": "CD3", "mibi.run": "r"}',
    resolution,
  });
  const table: [name: string, options: TiffOptions, um: number | undefined, origin?: string][] = [
    ['plain resolution tags are about paper', { resolution: inch }, undefined],
    ['ImageJ, micron', imageJ('micron', 2), 0.5, 'imagej'],
    ['ImageJ, escaped sign', imageJ('\\u00B5m', 4), 0.25, 'imagej'],
    ['ImageJ, nm', imageJ('nm', 0.002), 0.5, 'imagej'],
    ['ImageJ, pixel is not a length', imageJ('pixel', 1), undefined],
    ['ImageJ, escaped sign whose two bytes were taken for two characters', imageJ('\\u00C2\\u00B5m', 2), 0.5, 'imagej'],
    ['ImageJ, the same in small letters', imageJ('\\u00c2\\u00b5m', 2), 0.5, 'imagej'],
    ['ImageJ, the two characters themselves', imageJ('\u00c2\u00b5m', 2), 0.5, 'imagej'],
    ['ImageJ, the Greek letter', imageJ('\\u03BCm', 2), 0.5, 'imagej'],
    ['ImageJ, the two bytes of the Greek letter', imageJ('\\u00CE\\u00BCm', 2), 0.5, 'imagej'],
    ['ImageJ, a sign that is none', imageJ('\\u00C3\\u00B5m', 2), undefined],
    ['ImageJ, pixels that are not square', imageJ('um', 2, 3), undefined],
    ['OME, µm by default', ome('PhysicalSizeX="0.65" PhysicalSizeY="0.65"'), 0.65, 'ome'],
    [
      'OME, nm',
      ome('PhysicalSizeX="650" PhysicalSizeXUnit="nm" PhysicalSizeY="650" PhysicalSizeYUnit="nm"'),
      0.65,
      'ome',
    ],
    [
      'OME, mm and not megametre',
      ome('PhysicalSizeX="0.0005" PhysicalSizeXUnit="mm" PhysicalSizeY="0.0005" PhysicalSizeYUnit="mm"'),
      0.5,
      'ome',
    ],
    [
      'OME, Mm and not millimetre',
      ome('PhysicalSizeX="5e-13" PhysicalSizeXUnit="Mm" PhysicalSizeY="5e-13" PhysicalSizeYUnit="Mm"'),
      0.5,
      'ome',
    ],
    [
      'OME, Å',
      ome('PhysicalSizeX="5000" PhysicalSizeXUnit="Å" PhysicalSizeY="0.5" PhysicalSizeYUnit="µm"'),
      0.5,
      'ome',
    ],
    [
      'OME, thou',
      ome('PhysicalSizeX="1" PhysicalSizeXUnit="thou" PhysicalSizeY="1" PhysicalSizeYUnit="thou"'),
      25.4,
      'ome',
    ],
    [
      'OME, reference frame is not a length',
      ome(
        'PhysicalSizeX="1" PhysicalSizeXUnit="reference frame" PhysicalSizeY="1" PhysicalSizeYUnit="reference frame"',
      ),
      undefined,
    ],
    [
      'OME, pixel is not a length',
      ome('PhysicalSizeX="1" PhysicalSizeXUnit="pixel" PhysicalSizeY="1" PhysicalSizeYUnit="pixel"'),
      undefined,
    ],
    ['OME without a size', ome(''), undefined],
    ['MIBI', { imageDescription: '{"mibi.run": "r", "mibi.size": 2}', resolution: inch }, 0.5, 'mibi'],
    ['MIBI of an older version, per cm', mibi({ x: 25_600, y: 25_600, unit: 'centimeter' }), 0.390625, 'mibi'],
    ['MIBI of an older version, per inch', mibi({ x: 50_800, y: 50_800, unit: 'inch' }), 0.5, 'mibi'],
    ['MIBI of an older version, as many as on paper', mibi({ x: 300, y: 300, unit: 'inch' }), 25_400 / 300, 'mibi'],
    ['MIBI of an older version, without a unit', mibi({ x: 25_600, y: 25_600, unit: 'none' }), undefined],
    ['MIBI of an older version, not square', mibi({ x: 25_600, y: 12_800, unit: 'centimeter' }), undefined],
    [
      'MIBI of an older version, whose pages have no JSON',
      { software: 'IonpathMIBIv0.2', resolution: { x: 25_600, y: 25_600, unit: 'centimeter' } },
      0.390625,
      'mibi',
    ],
    [
      "MIBI, whose own field counts before the tags'",
      { ...mibi({ x: 25_600, y: 25_600, unit: 'centimeter' }), imageDescription: '{"mibi.size": 2}' },
      0.5,
      'mibi',
    ],
    ["some other program's JSON and tags", { ...mibi(inch), software: 'tifffile.py' }, undefined],
    ["some other program's JSON", { imageDescription: '{"shape": [4, 4]}' }, undefined],
    ['broken XML', { imageDescription: '<OME><Image' }, undefined],
  ];
  for (const [name, options, um, origin] of table) {
    it(name, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      writeFileSync(file, writeTiff({ widthPx: 4, heightPx: 4, data: new Uint8Array(16) }, options));
      const { pixelSize } = await readImageHeader({ file });
      if (um === undefined) assert.equal(pixelSize, undefined);
      else {
        assert.ok(pixelSize);
        assert.equal(pixelSize.origin, origin);
        assert.ok(Math.abs(pixelSize.um - um) < 1e-9, `${pixelSize.um}`);
      }
    });
  }
});

describe('a print resolution is no pixel size', () => {
  const imageJ = (unit: string, pixels: number): TiffOptions => ({
    imageDescription: `ImageJ=1.54f\nunit=${unit}\n`,
    resolution: { x: pixels, y: pixels, unit: 'none' },
  });
  const ome = (size: number, unit?: string): TiffOptions => {
    const sides = ['X', 'Y'].map((axis) => {
      return `PhysicalSize${axis}="${size}"${unit === undefined ? '' : ` PhysicalSize${axis}Unit="${unit}"`}`;
    });
    return { imageDescription: `<OME><Image ID="Image:0"><Pixels SizeX="4" ${sides.join(' ')}/></Image></OME>` };
  };
  const printed: [name: string, options: TiffOptions, dpi: string][] = [
    ['ImageJ, 300 per inch', imageJ('inch', 300), '300 dpi'],
    ['ImageJ, so many per inch as nobody prints', imageJ('Inch', 508), '508 dpi'],
    ['ImageJ, inches that would be a micrometre each', imageJ('in', 25_400), '25400 dpi'],
    ['ImageJ, 300 per inches', imageJ('inches', 300), '300 dpi'],
    ['ImageJ, 300 per "', imageJ('"', 300), '300 dpi'],
    ['ImageJ, 2 per point', imageJ('pt', 2), '144 dpi'],
    ['ImageJ, 118.11 per cm', imageJ('cm', 118.11), '300 dpi'],
    ['ImageJ, 118 per cm', imageJ('cm', 118), '300 dpi'],
    ['ImageJ, 37.795 per cm', imageJ('centimeter', 37.795), '96 dpi'],
    ['ImageJ, 2.834 per mm', imageJ('mm', 2.834), '72 dpi'],
    ['ImageJ, 0.002834 per micron', imageJ('micron', 0.002834), '72 dpi'],
    ['ImageJ, 0.0059 per µm', imageJ('\\u00B5m', 0.005906), '150 dpi'],
    ['ImageJ, 0.0236 per µm', imageJ('um', 0.023622), '600 dpi'],
    ['OME, inches', ome(1 / 300, 'in'), '300 dpi'],
    ['OME, inches in full', ome(1 / 300, 'inches'), '300 dpi'],
    ['OME, points', ome(1, 'pt'), '72 dpi'],
    ['OME, as programs make it of 72 dots per inch', ome(352.7777777777778), '72 dpi'],
    ['OME, of 600 dots per inch, in mm', ome(0.0423333, 'mm'), '600 dpi'],
  ];
  for (const [name, options, dpi] of printed) {
    it(name, async () => {
      const { pixelSize, pixelSizeProblem, printResolution } = await headerOf(options);
      assert.deepEqual([pixelSize, pixelSizeProblem, printResolution], [undefined, undefined, dpi]);
    });
  }

  it('and no pixel per inch is neither', async () => {
    const { pixelSize, printResolution } = await headerOf(imageJ('inch', 0));
    assert.deepEqual([pixelSize, printResolution], [undefined, undefined]);
  });

  const measured: [name: string, options: TiffOptions, um: number][] = [
    ['20 µm', imageJ('um', 0.05), 20],
    ['50 µm, of mass spectrometry', imageJ('mm', 20), 50],
    ['87 µm, 3 % beside 300 dpi', ome(87.2), 87.2],
    ['0.0847 µm, a thousandth of it', ome(0.0846666667), 0.0846666667],
    ['a thousandth of an inch', ome(1, 'thou'), 25.4],
  ];
  for (const [name, options, um] of measured) {
    it(`but this is one: ${name}`, async () => {
      const { pixelSize, printResolution } = await headerOf(options);
      assert.ok(Math.abs(pixelSize!.um - um) < 1e-6 * um, `${pixelSize?.um}`);
      assert.equal(printResolution, undefined);
    });
  }

  function headerOf(options: TiffOptions): ReturnType<typeof readImageHeader> {
    const file = path.join(temporaryFolder(), 'image.tif');
    writeFileSync(file, writeTiff({ widthPx: 4, heightPx: 4, data: new Uint8Array(16) }, options));
    return readImageHeader({ file });
  }
});

describe('a damaged file is refused', () => {
  const whole = writeTiff(
    { widthPx: 64, heightPx: 64, data: new Uint16Array(64 * 64).fill(7) },
    { rowsPerStrip: 8, compression: 'deflate' },
  );

  it('at whatever byte it was cut off', async () => {
    const file = path.join(temporaryFolder(), 'image.tif');
    // The last four bytes say that no other image follows; without them, all pixels are there.
    for (let length = 0; length <= whole.length - 5; length += 13) {
      writeFileSync(file, whole.subarray(0, length));
      await assert.rejects(readPlane({ file }), (error) => isExportError(error, 'ImageUnreadable'), `${length} bytes`);
    }
  });

  it('or gives its values or an error, whatever single byte of it was changed', async () => {
    const file = path.join(temporaryFolder(), 'image.tif');
    for (let at = 0; at < whole.length; at += 3) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0xff;
      writeFileSync(file, damaged);
      await readPlane({ file }).catch((error: unknown) => {
        assert.ok(isExportError(error), `byte ${at}: ${String(error)}`);
      });
    }
    assert.equal(readFileSync(file).length, whole.length);
  });

  /** Codes of nine bits, the first one highest. */
  function ofCodes(...codes: number[]): number[] {
    const bits = codes.map((code) => code.toString(2).padStart(9, '0')).join('');
    return (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
  }

  const blocks: readonly (readonly [what: string, block: number[], message: string])[] = [
    ['a code that is not there yet', ofCodes(256, 1, 2, 300), 'LZW code 300 is not defined yet'],
    ['a code that nothing is before', ofCodes(256, 258), 'LZW code 258 is not defined yet'],
    ['an end before the last sample', ofCodes(256, 1, 2, 258, 257, 1, 1), 'a block holds 4 bytes in place of 8'],
    ['too few codes', ofCodes(256, 1, 2, 3), 'a block holds 3 bytes in place of 8'],
    ['half a code', [0x80, 0x00], 'a block holds 0 bytes in place of 8'],
    ['bits in reverse', [0x00, 0x01, 0x02, 0x03], 'a block is LZW of before 1992, with reversed bits'],
  ];
  for (const [what, block, message] of blocks) {
    it(`that is LZW with ${what}, by what is wrong with it`, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      const tiff = writeTiff({ widthPx: 8, heightPx: 1, data: new Uint8Array(8) }, { compression: 'lzw' });
      // The strip lies behind the header; its size is the only value of tag 279.
      tiff.set(block, 8);
      const directory = tiff.readUInt32LE(4);
      for (let i = 0; i < tiff.readUInt16LE(directory); i++) {
        const entry = directory + 2 + 12 * i;
        if (tiff.readUInt16LE(entry) === 279) tiff.writeUInt32LE(block.length, entry + 8);
      }
      writeFileSync(file, tiff);
      await assert.rejects(
        readPlane({ file }),
        (error) => isExportError(error, 'ImageUnreadable') && error.message.includes(message),
      );
    });
  }
});

describe('blocks that are larger than what kernels keep', () => {
  const side = 4200;
  const sizes: readonly (readonly [what: string, widthPx: number, heightPx: number, options: TiffOptions])[] = [
    ['LZW in one strip', side, side, { compression: 'lzw' }],
    ['rows with a predictor', side * side, 1, { compression: 'deflate', predictor: 2 }],
  ];
  for (const [what, widthPx, heightPx, options] of sizes) {
    it(`are read, and leave them their memory: ${what}`, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      const data = Uint8Array.from({ length: side * side }, (_, i) => (i % 100_003 < 10 ? i : 3));
      writeFileSync(file, writeTiff({ widthPx, heightPx, data }, options));
      const before = keptBytes();
      const { samples } = await readPlane({ file });
      assert.ok(Buffer.from(samples.buffer).equals(data));
      assert.equal(keptBytes(), before);
    });
  }

  function keptBytes(): number {
    const [{ buffer }] = kernelWorld().layOut<[Uint8Array]>([Uint8Array, 1]);
    return buffer.byteLength;
  }
});
