import assert from 'node:assert/strict';
import { memorySource } from '../../src/core/read/embedded/byteSource';
import { readDirectory, readTiffHeader } from '../../src/core/read/tiff/readDirectory';
import { TiffFields } from '../../src/core/read/tiff/tiffFields';

/** The bytes of a text of hexadecimal digits and blanks. */
function hex(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.join('').replaceAll(' ', ''), 'hex');
}

async function read(file: Buffer): Promise<{ fields: TiffFields; next: number }> {
  const source = memorySource(file);
  const { layout, first } = await readTiffHeader(source);
  const directory = await readDirectory(source, layout, first);
  return { fields: await TiffFields.read(source, layout, directory), next: directory.next };
}

describe('a directory of a TIFF', () => {
  it('has values inside its entries and elsewhere, in either byte order', async () => {
    const little = hex(
      '4949 2a00 08000000  0400',
      '0001 0300 01000000 05000000', // ImageWidth 5
      '0201 0300 03000000 3e000000', // BitsPerSample, three, at 62
      '1101 0400 01000000 00010000', // StripOffsets 256
      '1a01 0500 01000000 44000000', // XResolution, a fraction, at 68
      '4c000000', // the next directory
      '0800 1000 2000',
      '03000000 02000000',
    );
    const big = hex(
      '4d4d 002a 00000008  0004',
      '0100 0003 00000001 00050000',
      '0102 0003 00000003 0000003e',
      '0111 0004 00000001 00000100',
      '011a 0005 00000001 00000044',
      '0000004c',
      '0008 0010 0020',
      '00000003 00000002',
    );
    for (const file of [little, big]) {
      const { fields, next } = await read(file);
      const lists = (['ImageWidth', 'BitsPerSample', 'StripOffsets', 'XResolution'] as const).map((tag) =>
        Array.from(fields.list(tag) ?? []),
      );
      assert.deepEqual(lists, [[5], [8, 16, 32], [256], [3, 2]]);
      assert.equal(next, 76);
    }
  });

  it('of a BigTIFF has places and counts of 8 bytes', async () => {
    const { fields, next } = await read(
      hex(
        '4949 2b00 0800 0000 1000000000000000  0300000000000000',
        '0001 0400 0100000000000000 0500000000000000',
        '1101 1000 0200000000000000 5c00000000000000', // StripOffsets, two of 8 bytes, at 92
        '1d01 0200 0300000000000000 4433000000000000', // PageName, inside its entry
        '0900000000000000',
        '0000000001000000 0100000002000000',
      ),
    );
    assert.deepEqual(Array.from(fields.list('StripOffsets') ?? []), [2 ** 32, 2 ** 33 + 1]);
    assert.equal(fields.text('PageName'), 'D3');
    assert.equal(next, 9);
  });

  it('may leave out its link to the next, and says a field twice: the first counts', async () => {
    const { fields, next } = await read(
      hex('4949 2a00 08000000  0200', '0001 0300 01000000 05000000', '0001 0300 01000000 06000000'),
    );
    assert.deepEqual([fields.number('ImageWidth', 0), next], [5, 0]);
  });

  it('may have many fields, of which those that nobody asks for are not read', async () => {
    // Private tags of 4 bytes that would lie beyond the end.
    const others = Array.from({ length: 40 }, (_, i) => `${(0x80 + i).toString(16)}ff 0400 02000000 ff000000`);
    const { fields } = await read(
      hex('4949 2a00 08000000  2900', '0001 0300 01000000 05000000', ...others, '00000000'),
    );
    assert.equal(fields.number('ImageWidth', 0), 5);
  });

  const header = '4949 2a00 08000000';
  const faults: readonly (readonly [what: string, file: Buffer, message: RegExp])[] = [
    ['no TIFF', hex('4949 2c00 08000000'), /^it does not begin as a TIFF does$/],
    ['places of 4 bytes in a BigTIFF', hex('4949 2b00 0400 0000 1000000000000000'), /^its places have 4 bytes/],
    ['a directory that is cut off', hex(header, '0200', '0001 0300 01000000 05000000'), /^it was cut off/],
    ['more fields than any has', hex(header, 'ffff'), /^its directory has 65535 entries, more than 4096$/],
    ['a type that there is not', hex(header, '0100', 'ffff 6300 01000000 05000000'), /^its tag 65535 is of type 99/],
    ['more bytes than the file', hex(header, '0100', 'ffff 0400 00010000 05000000'), /^its tag 65535 has 1024 bytes/],
    ['values beyond the end', hex(header, '0100', '1101 0400 03000000 16000000', '00000000'), /^it was cut off/],
  ];
  for (const [what, file, message] of faults) {
    it(`is refused for ${what}`, async () => {
      await assert.rejects(read(file), { message });
    });
  }
});
