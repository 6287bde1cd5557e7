import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { writeAt } from './data';
import { type TiledPage, tilePx } from './writeTiledTiff';

/**
 * An OME-Zarr image (0.4) of uint16 channels in chunks of 512² that zlib compresses. Source: Next-generation file formats 0.4
 * (Open Microscopy Environment, 2022), and the Zarr storage specification 2.
 * @param channels by their names, the levels of each
 */
export function writeTiledZarr(folder: string, channels: ReadonlyMap<string, readonly TiledPage[]>): void {
  const all = [...channels.values()];
  const axes = [{ name: 'c', type: 'channel' }, ...['y', 'x'].map((name) => ({ name, type: 'space' }))];
  const datasets = all[0].map((_, level) => ({
    path: String(level),
    coordinateTransformations: [{ type: 'scale', scale: [1, 2 ** level, 2 ** level] }],
  }));
  const omero = { channels: [...channels.keys()].map((label) => ({ label })) };
  writeAt(folder, '.zgroup', JSON.stringify({ zarr_format: 2 }));
  writeAt(folder, '.zattrs', JSON.stringify({ multiscales: [{ version: '0.4', axes, datasets }], omero }));
  for (const [level, { sidePx }] of all[0].entries()) {
    const array = {
      ...{ zarr_format: 2, shape: [all.length, sidePx, sidePx], chunks: [1, tilePx, tilePx], dtype: '<u2' },
      ...{ compressor: { id: 'zlib', level: 6 }, fill_value: 0, order: 'C', filters: null },
      dimension_separator: '/',
    };
    writeAt(folder, `${level}/.zarray`, JSON.stringify(array));
    for (const [channel, levels] of all.entries()) writeChunks(path.join(folder, `${level}/${channel}`), levels[level]);
  }
}

function writeChunks(folder: string, { sidePx, fieldPx, fieldAt }: TiledPage): void {
  const perField = fieldPx / tilePx;
  for (let row = 0; row < sidePx / tilePx; row++) {
    for (let column = 0; column < sidePx / tilePx; column++) {
      const field = fieldAt(Math.floor(column / perField), Math.floor(row / perField));
      const chunk = field.slice(0, tilePx * tilePx);
      for (let y = 0; y < tilePx; y++) {
        const start = ((row % perField) * tilePx + y) * fieldPx + (column % perField) * tilePx;
        chunk.set(field.subarray(start, start + tilePx), y * tilePx);
      }
      writeAt(folder, `${row}/${column}`, deflateSync(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
    }
  }
}
