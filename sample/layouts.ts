import { smoothStep } from './field';
import type { Layout } from './tissue';

/** The middle of a tumour: wide nests, narrow septa of stroma with an arteriole, glass beyond one corner. */
export const tumorCore: Layout = {
  name: 'Tumor_core',
  widthPx: 512,
  heightPx: 512,
  tumourTendency: () => 0.3,
  glassDepthPx: (x, y) => 100 - 0.9 * x - (511 - y),
  vessels: [{ x: 338, y: 196, radiusPx: 12 }],
};

/** The invasive front: tumour on the left, stroma, a lymphoid follicle on the right, glass along the top right. */
export const tumorMargin: Layout = {
  name: 'Tumor_margin',
  widthPx: 640,
  heightPx: 448,
  tumourTendency: (x, y) => 0.62 - 1.9 * smoothStep(110, 450, x + 0.18 * (y - 224)),
  glassDepthPx: (x, y) => 0.24 * (x - 420) - y,
  follicle: { x: 492, y: 270, radiusPx: 112 },
  vessels: [
    { x: 330, y: 108, radiusPx: 15 },
    { x: 342, y: 392, radiusPx: 9 },
  ],
};
