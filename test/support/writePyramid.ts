import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plane } from '../../sample/writeTiff';

type Levels = readonly [full: Plane, ...smaller: readonly Plane[]];

const [shortType, longType] = [3, 4];

/**
 * Writes a TIFF of one page whose pyramid is in SubIFDs, as OME-TIFF has it; little-endian, each level one strip.
 * @param damaged a level whose samples are said to lie beyond the end of the file
 */
export function writePyramidTiff(file: string, levels: Levels, damaged?: number): void {
  const parts: Buffer[] = [Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])];
  let end = 8;
  const append = (bytes: Buffer): number => {
    const start = end;
    // What offsets point to begins at words.
    parts.push(bytes, Buffer.alloc(bytes.length % 2));
    end += bytes.length + (bytes.length % 2);
    return start;
  };
  const strips = levels.map(({ data }) => append(Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
  const writeDirectory = (level: number, subDirectories: readonly number[]): number => {
    const { widthPx, heightPx, data } = levels[level];
    const isFloat = data instanceof Float32Array;
    const longs = (values: readonly number[]): Buffer => {
      const bytes = Buffer.alloc(4 * values.length);
      for (const [i, value] of values.entries()) bytes.writeUInt32LE(value, 4 * i);
      return bytes;
    };
    const fields: (readonly [tag: number, type: number, values: readonly number[]])[] = [
      [256, longType, [widthPx]],
      [257, longType, [heightPx]],
      [258, shortType, [8 * data.BYTES_PER_ELEMENT]],
      [259, shortType, [1]],
      [262, shortType, [1]],
      [273, longType, [level === damaged ? 2 ** 30 : strips[level]]],
      [277, shortType, [1]],
      [278, longType, [heightPx]],
      [279, longType, [data.byteLength]],
      ...(subDirectories.length > 0 ? [[330, longType, subDirectories] as const] : []),
      [339, shortType, [isFloat ? 3 : 1]],
    ];
    const directory = Buffer.alloc(2 + 12 * fields.length + 4);
    directory.writeUInt16LE(fields.length);
    for (const [i, [tag, type, values]] of fields.entries()) {
      const at = 2 + 12 * i;
      directory.writeUInt16LE(tag, at);
      directory.writeUInt16LE(type, at + 2);
      directory.writeUInt32LE(values.length, at + 4);
      directory.writeUInt32LE(values.length > 1 ? append(longs(values)) : values[0], at + 8);
    }
    return append(directory);
  };
  const smaller = levels.slice(1).map((_, i) => writeDirectory(i + 1, []));
  const first = writeDirectory(0, smaller);
  parts[0].writeUInt32LE(first, 4);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(parts));
}

/**
 * Writes an OME-Zarr image (0.4) of uint16 or uint8 channels, each level of each one chunk.
 * @param channels the levels of each
 */
export function writePyramidZarr(folder: string, channels: Readonly<Record<string, Levels>>): void {
  const write = (name: string, content: object | Uint8Array): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content instanceof Uint8Array ? content : JSON.stringify(content));
  };
  const [first] = Object.values(channels);
  const axes = [
    { name: 'c', type: 'channel' },
    ...['y', 'x'].map((name) => ({ name, type: 'space', unit: 'micrometer' })),
  ];
  const datasets = first.map(({ heightPx, widthPx }, level) => ({
    path: String(level),
    coordinateTransformations: [
      { type: 'scale', scale: [1, (0.5 * first[0].heightPx) / heightPx, (0.5 * first[0].widthPx) / widthPx] },
    ],
  }));
  write('.zgroup', { zarr_format: 2 });
  write('.zattrs', {
    multiscales: [{ version: '0.4', axes, datasets }],
    omero: { channels: Object.keys(channels).map((label) => ({ label })) },
  });
  for (const [level, { widthPx, heightPx, data }] of first.entries()) {
    write(`${level}/.zarray`, {
      zarr_format: 2,
      shape: [Object.keys(channels).length, heightPx, widthPx],
      chunks: [1, heightPx, widthPx],
      dtype: data.BYTES_PER_ELEMENT === 1 ? '|u1' : '<u2',
      compressor: null,
      fill_value: 0,
      order: 'C',
      filters: null,
      dimension_separator: '.',
    });
    for (const [channel, levels] of Object.values(channels).entries()) {
      const { data: samples } = levels[level];
      write(`${level}/${channel}.0.0`, new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
    }
  }
}

/** A plane of this size of blocks that are each one pixel of another; the last ones go on to the borders, or are cut off there. */
export function enlargedPlane({ widthPx, heightPx, data }: Plane, blockPx: number, size: Omit<Plane, 'data'>): Plane {
  const enlarged = new (data.constructor as new (length: number) => Plane['data'])(size.widthPx * size.heightPx);
  for (let i = 0; i < enlarged.length; i++) {
    const x = Math.min(Math.floor((i % size.widthPx) / blockPx), widthPx - 1);
    const y = Math.min(Math.floor(Math.floor(i / size.widthPx) / blockPx), heightPx - 1);
    enlarged[i] = data[y * widthPx + x];
  }
  return { ...size, data: enlarged };
}
