import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { memorySource } from '../../src/core/read/embedded/byteSource';
import { textInJpeg } from '../../src/core/read/embedded/textInJpeg';
import { textInPdf } from '../../src/core/read/embedded/textInPdf';
import { textInPng } from '../../src/core/read/embedded/textInPng';
import { textInSvg } from '../../src/core/read/embedded/textInSvg';
import { textInTiff } from '../../src/core/read/embedded/textInTiff';
import { textInWebp } from '../../src/core/read/embedded/textInWebp';
import { textInXml } from '../../src/core/read/embedded/textInXml';
import { embedInJpeg } from '../../src/core/write/embedInJpeg';
import { embedInPng } from '../support/embedInPng';
import { embedInWebp } from '../../src/core/write/embedInWebp';
import { encodeTiff } from '../support/encodeWhole';
import { xmpPacket } from '../../src/core/write/xmpPacket';
import { withinCpuSeconds } from '../support/cpuTime';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const text = '{"a":"µ"}';

describe('a text in a PNG', () => {
  /** One black pixel, and the chunks, as Python's zlib makes them. */
  const png = hex(`89504e470d0a1a0a
    0000000d 49484452 0000000100000001 0802000000 907753de
    0000000c 49444154 789c63606060000000040001 f6173855
    00000000 49454e44 ae426082`);
  const chunk = hex('0000001b 69545874 62617463682d6578706f7274 0000000000 7b2261223a22c2b5227d a37436f7');
  const compressed = hex(
    '0000002b 69545874 62617463682d6578706f7274 00 0100 646500 52657a65707400 789cab564a54b2523ab455a9160011ee0393 a77b80ff',
  );
  const pixelsAt = 33;
  const [before, after] = [png.subarray(0, pixelsAt), png.subarray(pixelsAt)];

  it('is a chunk before the pixels', () => {
    assert.equal(embedInPng(png, text).toString('hex'), Buffer.concat([before, chunk, after]).toString('hex'));
  });

  it('is found there, behind the pixels, compressed, and among other texts', async () => {
    const end = png.length - 12;
    const other = hex('00000004 74455874 61006262 00000000');
    for (const file of [
      Buffer.concat([before, chunk, after]),
      Buffer.concat([before, compressed, after]),
      Buffer.concat([before, other, other, after.subarray(0, 24), chunk, png.subarray(end)]),
    ]) {
      assert.equal(await textInPng(memorySource(file)), text);
    }
    assert.equal(await textInPng(memorySource(png)), undefined);
  });

  it('is refused when it is damaged, cut off, or unpacks to too much', async () => {
    const broken = Buffer.from(chunk);
    broken[30] ^= 1;
    const crc = (data: Buffer): Buffer => {
      // As PNG's own definition has it (third edition, annex D), bit by bit.
      let sum = 0xffffffff;
      for (const byte of data) {
        sum ^= byte;
        for (let k = 0; k < 8; k++) sum = (sum & 1) === 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
      }
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(~sum >>> 0);
      return bytes;
    };
    const data = Buffer.concat([
      hex('69545874 62617463682d6578706f7274 00 0100 00 00'),
      deflateSync(Buffer.alloc(2 ** 28)),
    ]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length - 4);
    const cases: [Buffer, RegExp][] = [
      [Buffer.concat([before, broken, after]), /^its text is damaged: its checksum is another one$/],
      [Buffer.concat([before, chunk.subarray(0, 20)]), /^it was cut off: it ends at byte 53$/],
      [before, /^it was cut off/],
      [Buffer.concat([before, length, data, crc(data), after]), /^its text unpacks to more than 16777216 bytes$/],
      [Buffer.concat([before, hex('ffffffff'), chunk.subarray(4)]), /^its text has 4294967295 bytes, more than/],
      [Buffer.concat([before, Buffer.alloc(12 * 200_001)]), /^it has more than 200000 parts$/],
    ];
    for (const [file, message] of cases) {
      await withinCpuSeconds(2, () => assert.rejects(textInPng(memorySource(file)), { message }));
    }
  });
});

describe('a text in a JPEG', () => {
  const start = hex('ffd8 ffe0 0010 4a46494600 0102 00 0001 0001 0000');
  const end = hex('ffda 0002 1234 ffd9');
  const jpeg = Buffer.concat([start, end]);

  it('is a segment behind the one of JFIF', async () => {
    const segment = hex('ffeb 001d 62617463682d6578706f727400 0001 0001 7b2261223a22c2b5227d');
    assert.equal(embedInJpeg(jpeg, text).toString('hex'), Buffer.concat([start, segment, end]).toString('hex'));
    assert.equal(embedInJpeg(jpeg, undefined), jpeg);
    assert.equal(await textInJpeg(memorySource(jpeg)), undefined);
  });

  it('is as many segments as it needs, and found again whole', async () => {
    for (const length of [65_516, 65_517, 200_000]) {
      const long = 'x'.repeat(length);
      const file = embedInJpeg(jpeg, long);
      assert.equal(await textInJpeg(memorySource(file)), long);
      const segments = length === 65_516 ? 1 : length === 65_517 ? 2 : 4;
      assert.equal(file.length, jpeg.length + length + segments * 21);
    }
  });

  it('is refused when a part is missing or the file is cut off', async () => {
    const file = embedInJpeg(jpeg, 'x'.repeat(100_000));
    const first = start.length + 65_537;
    const cases: [Buffer, RegExp][] = [
      [Buffer.concat([start, file.subarray(first)]), /^parts of its text are missing$/],
      [Buffer.concat([file.subarray(0, first), end]), /^parts of its text are missing$/],
      [file.subarray(0, first + 100), /^it was cut off/],
      [file.subarray(0, first), /^it was cut off/],
      [Buffer.concat([start, hex('1234')]), /^it is damaged: there is no segment at byte 20$/],
      [Buffer.concat([start, hex('ffe1 0001')]), /^it is damaged/],
    ];
    for (const [bytes, message] of cases) await assert.rejects(textInJpeg(memorySource(bytes)), { message });
  });
});

describe('a text in XMP', () => {
  const packet =
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:batchExport="urn:multiplex-batch-export:recipe"><batchExport:batchExportRecipe>{&quot;a&quot;:&quot;µ&quot;}</batchExport:batchExportRecipe></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>';

  it('is a property of the document', () => {
    assert.equal(xmpPacket(text), packet);
    assert.equal(textInXml(packet), text);
  });

  it('is found in what other programs make of it', () => {
    const ns = 'xmlns:b="urn:multiplex-batch-export:recipe"';
    for (const xml of [
      `<a><rdf:Description ${ns} b:batchExportRecipe='{&#34;a&#x22;:&quot;&#181;"}' other="1"/></a>`,
      `<a><!-- batchExportRecipe --><rdf:Description ${ns}>\n<b:batchExportRecipe>${text}</b:batchExportRecipe></rdf:Description></a>`,
      `<OME><CommentAnnotation Namespace="elsewhere"><Value>no</Value></CommentAnnotation><sa:CommentAnnotation Namespace="urn:multiplex-batch-export:recipe"><sa:Value>${text}</sa:Value></sa:CommentAnnotation></OME>`,
    ]) {
      assert.equal(textInXml(xml), text, xml);
    }
    assert.equal(textInXml('<a><Value>x</Value></a>'), undefined);
    assert.equal(textInXml('no XML, and none of ours'), undefined);
  });

  it('is refused in broken XML, in a moment', async () => {
    for (const xml of [
      '<a><batchExportRecipe>x',
      '<!DOCTYPE a [<!ENTITY b "batchExportRecipe">]><a>&b;</a>',
      `${'<a>'.repeat(300)}batchExportRecipe`,
      `<a ${'b="'.repeat(2_000_000)} batchExportRecipe`,
      `<Description ${' a'.repeat(4_000_000)} batchExportRecipe`,
      `<rdf:Description ${'a'.repeat(4_000_000)}${' '.repeat(4_000_000)}batchExportRecipe/>`,
    ]) {
      await withinCpuSeconds(2, () => {
        try {
          assert.equal(textInXml(xml), undefined);
        } catch (error) {
          assert.match((error as Error).message, /^its XML /);
        }
      });
    }
  });
});

describe('a text in a WebP', () => {
  /** One pixel, as libwebp writes it. */
  const webp = hex('52494646 1a000000 57454250 5650384c 0e000000 2f00000000071011fd0f4444ff03');

  it('is XMP behind the picture, whose layout says so', async () => {
    const odd = `${text} `;
    const bytes = Buffer.from(xmpPacket(odd));
    const made = embedInWebp(webp, { widthPx: 1, heightPx: 1 }, odd);
    const length = (value: number): string => {
      const word = Buffer.alloc(4);
      word.writeUInt32LE(value);
      return word.toString('hex');
    };
    assert.equal(bytes.length % 2, 1, 'a byte fills up');
    const expected = `52494646${length(made.length - 8)}57454250 56503858 0a000000 04000000 000000 000000${webp.toString('hex', 12)} 584d5020${length(bytes.length)}${bytes.toString('hex')}00`;
    assert.equal(made.toString('hex'), expected.replace(/\s/g, ''));
    assert.equal(await textInWebp(memorySource(made)), odd);
    assert.equal(await textInWebp(memorySource(webp)), undefined);
  });

  it('knows the size, and whether there is alpha', () => {
    const withAlpha = Buffer.from(webp);
    withAlpha.writeUInt32LE(0x10000000, 21);
    const made = embedInWebp(withAlpha, { widthPx: 300, heightPx: 2 }, text);
    assert.equal(made.toString('hex', 20, 30), '140000002b0100010000');
  });

  it('is refused when it is cut off or too long', async () => {
    const made = embedInWebp(webp, { widthPx: 1, heightPx: 1 }, text);
    await assert.rejects(textInWebp(memorySource(made.subarray(0, made.length - 9))), { message: /^it was cut off/ });
    const long = Buffer.from(made);
    long.writeUInt32LE(0xfffffff0, 4);
    long.writeUInt32LE(0xffffff00, made.indexOf('XMP ') + 4);
    await assert.rejects(textInWebp(memorySource(long)), { message: /^its XMP has 4294967040 bytes/ });
  });
});

describe('a text in a TIFF', () => {
  const image = {
    widthPx: 1,
    heightPx: 1,
    samplesPerPixel: 1,
    sampleType: 'uint8',
    samples: Uint8Array.of(0),
  } as const;

  it('is found in its XMP, classic and BigTIFF', async () => {
    for (const classicBytes of [undefined, 0]) {
      const file = await encodeTiff([{ ...image, xmp: xmpPacket(text) }], classicBytes);
      assert.equal(await textInTiff(memorySource(file)), text);
      assert.equal(await textInTiff(memorySource(await encodeTiff([image], classicBytes))), undefined);
    }
  });

  it('is found in a big-endian one, and in OME-XML', async () => {
    const ome = Buffer.from(
      `<OME><CommentAnnotation Namespace="urn:multiplex-batch-export:recipe"><Value>${text}</Value></CommentAnnotation></OME>\0`,
    );
    const entry = Buffer.from('010e0002000000000000001a', 'hex');
    entry.writeUInt32BE(ome.length, 4);
    const file = Buffer.concat([hex('4d4d002a 00000008 0001'), entry, hex('00000000'), ome]);
    assert.equal(await textInTiff(memorySource(file)), text);
  });

  it('is refused where the directory or the text lies beyond the end, or is too long', async () => {
    const cases: [Buffer, RegExp][] = [
      [hex('49492a00 ffffffff'), /^it was cut off: it ends at byte 8$/],
      [hex('49492a00 08000000 ffff'), /^its directory has 65535 entries, more than 4096$/],
      [hex('49492a00 08000000 0100 bc020100 ffffff00 1a000000 00000000'), /^it was cut off/],
      [hex('49492a00 08000000 0100 bc020100 ffffffff 1a000000 00000000'), /^its metadata have 4294967295 bytes/],
      [hex('49492b00 08000000 ffffffffffffffff'), /^it was cut off/],
    ];
    for (const [file, message] of cases) await assert.rejects(textInTiff(memorySource(file)), { message });
  });
});

describe('a text in a PDF or SVG', () => {
  const megabytes = Buffer.alloc(3 * 2 ** 20 + 17, 'x');

  it('is found in the last XMP packet of a PDF', async () => {
    const old = Buffer.from(xmpPacket('{"a":"older"}'));
    const file = Buffer.concat([Buffer.from('%PDF-1.7\n'), old, megabytes, Buffer.from(xmpPacket(text)), megabytes]);
    assert.equal(await textInPdf(memorySource(file)), text);
    assert.equal(await textInPdf(memorySource(megabytes)), undefined);
    const open = Buffer.concat([Buffer.from('%PDF-1.7\n<batchExportRecipe>'), megabytes]);
    await assert.rejects(textInPdf(memorySource(open)), { message: 'its XMP is cut off' });
  });

  it('is found wherever it lies on the border of two blocks', async () => {
    const packet = Buffer.from(xmpPacket(text));
    for (let shift = 0; shift < packet.length; shift += 7) {
      const file = Buffer.concat([megabytes, packet, Buffer.alloc(2 ** 20 - shift, 'x')]);
      assert.equal(await textInPdf(memorySource(file)), text);
    }
  });

  it('is found in the metadata of an SVG', async () => {
    const metadata = Buffer.from(`<metadata>${xmpPacket(text).replace(/<\?.*?\?>/g, '')}</metadata>`);
    assert.equal(await textInSvg(memorySource(Buffer.concat([megabytes, metadata, megabytes]))), text);
    assert.equal(await textInSvg(memorySource(Buffer.from('<svg></svg>'))), undefined);
    await assert.rejects(textInSvg(memorySource(metadata.subarray(0, 200))), { message: 'its metadata are cut off' });
  });
});
