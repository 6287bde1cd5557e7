import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { openImage } from '../../src/core/read/openImage';
import { openDataset } from '../../src/core/read/openDataset';
import { readFovHeader } from '../../src/core/read/readFovHeader';
import { withinCpuSeconds } from '../support/cpuTime';
import { temporaryFolder } from '../support/temporaryFolder';

const pageCount = 5_000;

/** A TIFF, or BigTIFF, of pages of 2 × 2 bytes one after the other, each with texts in some of its tags. */
function manyPages(isBig: boolean, textsOf: (page: number) => Readonly<Record<number, string>>): Buffer {
  const pieces: Buffer[] = [];
  const header = Buffer.alloc(isBig ? 16 : 8);
  header.write('II', 'latin1');
  header.writeUInt16LE(isBig ? 43 : 42, 2);
  if (isBig) header.writeUInt16LE(8, 4);
  pieces.push(header);
  let at = header.length;
  const linkSize = isBig ? 8 : 4;
  const link = (target: Buffer, value: number, place: number): void => {
    if (isBig) target.writeBigUInt64LE(BigInt(value), place);
    else target.writeUInt32LE(value, place);
  };
  let [lastLink, lastPlace] = [header, isBig ? 8 : 4];
  for (let page = 0; page < pageCount; page++) {
    const texts = Object.entries(textsOf(page)).map(([tag, text]) => [Number(tag), Buffer.from(`${text}\0`)] as const);
    const beside = Buffer.concat([Buffer.alloc(4, page % 251), ...texts.map(([, text]) => text)]);
    const padded = Buffer.concat([beside, Buffer.alloc(beside.length % 2)]);
    let place = at + 4;
    const entries: [tag: number, type: number, count: number, value: number | Buffer][] = [
      [256, 3, 1, 2],
      [257, 3, 1, 2],
      [258, 3, 1, 8],
      [259, 3, 1, 1],
      [262, 3, 1, 1],
      [273, isBig ? 16 : 4, 1, at],
      [277, 3, 1, 1],
      [278, 3, 1, 2],
      [279, 3, 1, 4],
    ];
    for (const [tag, text] of texts) {
      entries.push([tag, 2, text.length, text.length <= linkSize ? text : place]);
      place += text.length;
    }
    entries.sort(([a], [b]) => a - b);
    const entrySize = isBig ? 20 : 12;
    const countSize = isBig ? 8 : 2;
    const directory = Buffer.alloc(countSize + entrySize * entries.length + linkSize);
    directory.writeUInt16LE(entries.length, 0);
    for (const [i, [tag, type, count, value]] of entries.entries()) {
      const start = countSize + i * entrySize;
      directory.writeUInt16LE(tag, start);
      directory.writeUInt16LE(type, start + 2);
      link(directory, count, start + 4);
      if (typeof value === 'number') link(directory, value, start + 4 + linkSize);
      else value.copy(directory, start + 4 + linkSize);
    }
    link(lastLink, at + padded.length, lastPlace);
    pieces.push(padded, directory);
    [lastLink, lastPlace] = [directory, directory.length - linkSize];
    at += padded.length + directory.length;
  }
  return Buffer.concat(pieces);
}

const [description, pageName] = [270, 285];
const channelsXml = Array.from({ length: pageCount }, (_, i) => `<Channel ID="Channel:0:${i}" Name="T${i}"/>`).join('');
const omeXml = `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="2" SizeY="2" SizeC="${pageCount}" SizeZ="1" SizeT="1">${channelsXml}<TiffData IFD="0" PlaneCount="${pageCount}"/></Pixels></Image></OME>`;

const kinds: Readonly<Record<string, readonly [file: string, bytes: () => Buffer, second: string]>> = {
  'page names': ['a.tif', () => manyPages(false, (i) => ({ [pageName]: `T${i}` })), 'T1'],
  'page names, BigTIFF': ['a.tif', () => manyPages(true, (i) => ({ [pageName]: `T${i}` })), 'T1'],
  'descriptions of MIBI': [
    'a.tiff',
    () =>
      manyPages(false, (i) => ({ [description]: JSON.stringify({ 'image.type': 'SIMS', 'channel.target': `T${i}` }) })),
    'T1',
  ],
  'OME-XML': ['a.ome.tif', () => manyPages(false, (i) => (i === 0 ? { [description]: omeXml } : {})), 'T1'],
  'a stack of ImageJ': [
    'a.tif',
    () => manyPages(false, (i) => (i === 0 ? { [description]: `ImageJ=1.54f\nimages=${pageCount}\nslices=${pageCount}\n` } : {})), // prettier-ignore
    'Channel_1',
  ],
};

describe(`a TIFF of ${pageCount} pages`, () => {
  for (const [what, [name, bytes, second]] of Object.entries(kinds)) {
    it(`is opened, described, and its planes read, in time that follows their number: ${what}`, async () => {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, name), bytes());
      // A tenth of it is usual; comparing each page with each took more than a minute.
      const fov = await withinCpuSeconds(4, async () => {
        const dataset = await openDataset(folder);
        const [found] = dataset.fovs;
        const header = await readFovHeader(dataset, found);
        assert.deepEqual([header.widthPx, header.errors], [2, []]);
        return found;
      });
      assert.deepEqual([fov.channels.length, fov.channels[1].name], [pageCount, second]);
      // As percentiles are found: channel by channel, the file opened for each.
      await withinCpuSeconds(4, async () => {
        for (const source of fov.channels.slice(0, 1_000)) {
          const image = await openImage(source);
          const [{ samples }] = await image.read([source.plane], { x: 0, y: 0, widthPx: 2, heightPx: 2 });
          assert.equal(samples[3], fov.channels.indexOf(source) % 251);
          await image.close();
        }
      });
    });
  }
});
