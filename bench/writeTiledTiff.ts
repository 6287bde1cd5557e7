import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { deflateSync } from 'node:zlib';

export type Samples = Uint16Array | Int32Array;

/** A square page that consists of square fields. */
export interface TiledPage {
  /** A multiple of the field's side. */
  readonly sidePx: number;
  /** A multiple of the tile's side. */
  readonly fieldPx: number;
  /** Asked row by row; fields that are the same array are compressed once. */
  readonly fieldAt: (column: number, row: number) => Samples;
}

export const tilePx = 512;
const [shortType, longType, asciiType] = [3, 4, 2];

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Buffer;
}

/**
 * A little-endian TIFF of tiles of 512² that zlib compresses, page after page, a field in memory at a time. Below 4 GiB, on a
 * little-endian machine. Source: TIFF Revision 6.0 (Adobe, 1992), sections 2 and 15; levels are SubIFDs, as OME-TIFF has them.
 * @param pages each with the levels of its pyramid, the largest first
 */
export function writeTiledTiff(
  file: string,
  pages: readonly (readonly TiledPage[])[],
  imageDescription?: string,
): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const handle = openSync(file, 'w');
  let end = 0;
  const append = (bytes: Uint8Array): number => {
    const start = end;
    writeSync(handle, bytes);
    end += bytes.length;
    if (end % 2 === 1) end += writeSync(handle, Buffer.alloc(1)); // What offsets point to begins at words.
    return start;
  };
  try {
    append(Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0]));
    let linkAt = 4; // Where the place of the next directory goes.
    const appendDirectory = (entries: Entry[]): { readonly start: number; readonly linkAt: number } => {
      const placed = entries
        .sort((a, b) => a.tag - b.tag)
        .map((entry) => ({ ...entry, offset: entry.bytes.length > 4 ? append(entry.bytes) : undefined }));
      const directory = Buffer.alloc(2 + 12 * placed.length + 4);
      directory.writeUInt16LE(placed.length);
      for (const [n, { tag, type, count, bytes, offset }] of placed.entries()) {
        const at = 2 + 12 * n;
        directory.writeUInt16LE(tag, at);
        directory.writeUInt16LE(type, at + 2);
        directory.writeUInt32LE(count, at + 4);
        if (offset === undefined) bytes.copy(directory, at + 8);
        else directory.writeUInt32LE(offset, at + 8);
      }
      const start = append(directory);
      return { start, linkAt: start + directory.length - 4 };
    };
    for (const [i, [page, ...levels]] of pages.entries()) {
      const entries = describePage(page, writeTiles(page, append));
      const smaller = levels.map((level) => appendDirectory(describePage(level, writeTiles(level, append))).start);
      if (smaller.length > 0) {
        entries.push({ tag: 330, type: longType, count: smaller.length, bytes: longs(...smaller) }); // SubIFDs
      }
      if (i === 0 && imageDescription !== undefined) entries.push(text(270, imageDescription));
      const directory = appendDirectory(entries);
      writeSync(handle, longs(directory.start), 0, 4, linkAt);
      ({ linkAt } = directory);
    }
  } finally {
    closeSync(handle);
  }
}

interface WrittenTiles {
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[];
  readonly sample: Samples;
}

function writeTiles({ sidePx, fieldPx, fieldAt }: TiledPage, append: (bytes: Uint8Array) => number): WrittenTiles {
  const across = sidePx / tilePx;
  const perField = fieldPx / tilePx;
  const [offsets, byteCounts]: [number[], number[]] = [[], []];
  let known: { readonly field: Samples; readonly tiles: readonly Buffer[] } | undefined;
  for (let row = 0; row < sidePx / fieldPx; row++) {
    for (let column = 0; column < sidePx / fieldPx; column++) {
      const field = fieldAt(column, row);
      if (known?.field !== field) known = { field, tiles: compressTiles(field, fieldPx) };
      for (const [i, tile] of known.tiles.entries()) {
        const [x, y] = [column * perField + (i % perField), row * perField + Math.floor(i / perField)];
        offsets[y * across + x] = append(tile);
        byteCounts[y * across + x] = tile.length;
      }
    }
  }
  return { offsets, byteCounts, sample: known!.field };
}

function compressTiles(field: Samples, fieldPx: number): Buffer[] {
  const perField = fieldPx / tilePx;
  return Array.from({ length: perField ** 2 }, (_, i) => {
    const [left, top] = [(i % perField) * tilePx, Math.floor(i / perField) * tilePx];
    const tile = field.slice(0, tilePx * tilePx);
    for (let y = 0; y < tilePx; y++) {
      const start = (top + y) * fieldPx + left;
      tile.set(field.subarray(start, start + tilePx), y * tilePx);
    }
    return deflateSync(Buffer.from(tile.buffer, tile.byteOffset, tile.byteLength));
  });
}

function describePage({ sidePx }: TiledPage, { offsets, byteCounts, sample }: WrittenTiles): Entry[] {
  const short = (tag: number, value: number): Entry => ({ tag, type: shortType, count: 1, bytes: longs(value) });
  const long = (tag: number, ...values: number[]): Entry => ({
    tag,
    type: longType,
    count: values.length,
    bytes: longs(...values),
  });
  return [
    long(256, sidePx), // ImageWidth
    long(257, sidePx), // ImageLength
    short(258, sample.BYTES_PER_ELEMENT * 8), // BitsPerSample
    short(259, 8), // Compression: Deflate
    short(262, 1), // PhotometricInterpretation: black is zero
    short(277, 1), // SamplesPerPixel
    short(322, tilePx), // TileWidth
    short(323, tilePx), // TileLength
    long(324, ...offsets), // TileOffsets
    long(325, ...byteCounts), // TileByteCounts
    short(339, sample instanceof Int32Array ? 2 : 1), // SampleFormat
  ];
}

function text(tag: number, value: string): Entry {
  const bytes = Buffer.from(`${value}\0`, 'utf8');
  return { tag, type: asciiType, count: bytes.length, bytes };
}

/** A SHORT takes the first half of its four bytes. */
function longs(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
  return bytes;
}
