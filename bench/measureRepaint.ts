import type { Recipe } from '../src/core/model/recipe';
import { drawPicture } from '../src/core/render/drawPicture';
import { stains } from './data';
import { type Stage, stages } from './measureStages';

const sidePx = 1024;
const [warmUps, count] = [2, 10];

/**
 * What it takes to draw a picture of 1024² of six channels whose planes are there, with other contrast limits each time; as a
 * step by itself, without marks and encoding.
 */
export function measureRepaint(): { readonly items: number; readonly cpuSeconds: Record<Stage, number> } {
  const size = { widthPx: sidePx, heightPx: sidePx };
  const planes = stains.map((_, channel) => ({
    ...size,
    // As means are: numbers of 64 bits.
    samples: Float64Array.from({ length: sidePx * sidePx }, (__, i) => ((i * (channel + 3)) % 509) + 0.25),
  }));
  const channels = stains.map(({ name, color }) => ({ channel: name, color, contrastLimits: [0, 255] as const }));
  const recipe = { channels, masksOnly: false, grayscale: false } as unknown as Recipe;
  let draw = 0;
  for (let turn = 0; turn < warmUps + count; turn++) {
    const contrastLimits = stains.map(() => [turn, 300 + turn] as const);
    const before = process.cpuUsage();
    drawPicture(recipe, { ...size, planes, contrastLimits, overlays: [] });
    const { user, system } = process.cpuUsage(before);
    if (turn >= warmUps) draw += (user + system) / 1e6;
  }
  const none = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>;
  return { items: count, cpuSeconds: { ...none, draw } };
}
