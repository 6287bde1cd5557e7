import { tumorCore, tumorMargin } from './layouts';
import type { Layout } from './tissue';

/** Where the two FOVs lie on their slide, as the microscope's run file says: side by side, 20 µm apart. */
export function savedMapJson(pixelSizeUm: number): string {
  const fov = ({ name, widthPx, heightPx }: Layout, leftUm: number, topUm: number): object => ({
    name,
    slideId: 7,
    centerPointMicrons: { x: leftUm + (widthPx * pixelSizeUm) / 2, y: topUm + (heightPx * pixelSizeUm) / 2 },
    fovSizeMicrons: widthPx * pixelSizeUm,
    frameSizePixels: { width: widthPx, height: heightPx },
  });
  const besideUm = 21_000 + tumorCore.widthPx * pixelSizeUm + 20;
  const fovs = [fov(tumorCore, 21_000, 48_000), fov(tumorMargin, besideUm, 48_016)];
  return `${JSON.stringify({ exportDateTime: '2026-01-15T09:00:00.000Z', fovs }, undefined, 2)}\n`;
}
