import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { readJobRequest } from '../src/core/job/readJobRequest';
import { keyOfSource } from '../src/core/model/plan';
import { readPlane } from '../src/core/read/openImage';
import { MemorySink } from '../src/core/write/fileSink';
import { pictureEncoder } from '../src/core/write/pictureEncoder';
import { writeFileWhole } from '../src/core/write/writeFileWhole';

/** CPU seconds of one process and all of its threads, for all items of a job. */
export interface Floors {
  /** Each image that the job reads, whole and once. */
  readonly decode: number;
  /** Each picture to PNG. */
  readonly encode: number;
  /** Each file of the job under a temporary name, flushed and renamed, one after the other. */
  readonly write: number;
}

/**
 * What the three things that no job can do without cost by themselves, with our own code, in this process.
 * @param outputFolder where the job's pictures are, which are PNGs; they are written again, as they are
 */
export async function measureFloors(jobFolder: string, outputFolder: string): Promise<Floors> {
  const { items, datasetFolder } = await readJobRequest(jobFolder);
  const sources = new Map(
    Array.from(items, ({ channels, masks }) => [...channels, ...masks])
      .flat()
      .map(({ name, ...source }) => [keyOfSource({ name, ...source }), source]),
  );
  const files = Array.from(items, (item) => item.files.map((file) => path.join(outputFolder, file.path))).flat();
  const floors = { decode: 0, encode: 0, write: 0 };
  for (const { file, ...plane } of sources.values()) {
    floors.decode += await cpuSecondsOf(() => readPlane({ file: path.join(datasetFolder, file), ...plane }));
  }
  for (const file of files) {
    const bytes = await readFile(file);
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const size = { widthPx: info.width, heightPx: info.height };
    floors.encode += await cpuSecondsOf(async () => {
      const encoder = pictureEncoder('png', size, new MemorySink());
      await encoder.add(data);
      await encoder.end();
    });
    floors.write += await cpuSecondsOf(() => writeFileWhole(file, [bytes], 'bench', true));
  }
  return floors;
}

async function cpuSecondsOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
