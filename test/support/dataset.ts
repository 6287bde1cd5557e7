import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { parseManifest } from '../../src/core/index';
import { type Plane, type TiffOptions, writeTiff } from '../../sample/writeTiff';
import { temporaryFolder } from './temporaryFolder';

export const umPerPx = 0.5;

/** ImageJ's way to say that a pixel is half a micrometre wide. */
export const imageJPixelSize: TiffOptions = {
  imageDescription: 'ImageJ=1.54f\nunit=micron\n',
  resolution: { x: 1 / umPerPx, y: 1 / umPerPx, unit: 'none' },
};

/** A plane whose value at (x, y) is `value(x, y)`. */
export function plane(widthPx: number, heightPx: number, value: (x: number, y: number) => number): Plane {
  const data = new Uint16Array(widthPx * heightPx);
  for (let i = 0; i < data.length; i++) data[i] = value(i % widthPx, Math.floor(i / widthPx));
  return { widthPx, heightPx, data };
}

/** Writes a TIFF, making its folder. */
export function writePlane(file: string, image: Plane, options: TiffOptions = imageJPixelSize): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, writeTiff(image, options));
}

/** A dataset of FOVs A, B and C, 60 × 40 pixels, channels DNA and CD3, with a mask of two cells. */
export function smallDataset(fovs: readonly string[] = ['A', 'B', 'C']): string {
  const folder = temporaryFolder();
  for (const [i, fov] of fovs.entries()) {
    writePlane(
      path.join(folder, fov, 'DNA.tiff'),
      plane(60, 40, (x) => x * 4 + i),
    );
    writePlane(
      path.join(folder, fov, 'CD3.tif'),
      plane(60, 40, (_, y) => y * 5),
    );
    const cells = plane(60, 40, (x, y) =>
      x > 9 && x < 30 && y > 9 && y < 30 ? 7 : x > 34 && x < 50 && y > 3 && y < 20 ? 9 : 0,
    );
    writePlane(path.join(folder, 'masks', `${fov}_whole_cell.tiff`), cells, {});
  }
  return folder;
}

export interface DecodedPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly rgb: Buffer;
}

/** The pixels of a written picture. */
export async function decodePicture(file: string): Promise<DecodedPicture> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`${file} has ${info.channels} channels`);
  return { widthPx: info.width, heightPx: info.height, rgb: data };
}

/** The rows of an output folder's manifest. */
export function readManifest(outputFolder: string): Record<string, string>[] {
  return parseManifest(readFileSync(path.join(outputFolder, 'manifest.csv'), 'utf8'));
}

/** The folder of real data, if this machine has it: `$MBE_DATA`, or `shared/data` beside the project. */
export function realDataFolder(): string | undefined {
  const candidates = [process.env['MBE_DATA'], path.join(__dirname, '..', '..', '..', 'shared', 'data')];
  return candidates.find((folder) => folder !== undefined && existsSync(path.join(folder, 'assembled')));
}
