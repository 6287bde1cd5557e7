import path from 'node:path';
import { cellsOfSnapshot } from '../src/core/job/cellSnapshot';
import { readJobRequest } from '../src/core/job/readJobRequest';
import { ItemSource } from '../src/core/make/itemSource';
import { SourceReader } from '../src/core/make/sourceReader';
import { recipeOfItem } from '../src/core/model/plan';
import { composeFigure, layOutFigure } from '../src/core/render/composeFigure';
import { isDark } from '../src/core/render/darkness';
import { drawPicture } from '../src/core/render/drawPicture';
import { wholeWindow } from '../src/core/render/outputGrid';
import { FigurePainter } from '../src/core/render/paintMarks';
import { prepareLayers } from '../src/core/render/prepareLayers';
import { MemorySink } from '../src/core/write/fileSink';
import { pictureEncoder } from '../src/core/write/pictureEncoder';
import { writeFileWhole } from '../src/core/write/writeFileWhole';

export const stages = ['read', 'prepare', 'draw', 'marks', 'encode', 'write'] as const;
export type Stage = (typeof stages)[number];

/**
 * Makes the PNGs of a job once more in this process, one after the other, and says how long each step took for all
 * items: `prepare` puts planes and labels on the output grid and finds outlines, `draw` composites and paints.
 * @param maxItems only the first ones, so that a large job does not take minutes
 * @returns CPU seconds of all threads
 */
export async function measureStages(
  jobFolder: string,
  outputFolder: string,
  maxItems: number,
): Promise<{ readonly items: number; readonly cpuSeconds: Record<Stage, number> }> {
  const request = await readJobRequest(jobFolder);
  const reader = new SourceReader(request.datasetFolder, cellsOfSnapshot(request.cellsFile));
  const items = request.items.slice(0, maxItems);
  const cpuSeconds = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<Stage, number>;
  const timed = async <T>(stage: Stage, work: () => T | Promise<T>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    cpuSeconds[stage] += (user + system) / 1e6;
    return result;
  };
  for (const item of items) {
    const recipe = recipeOfItem(request.recipe, item);
    const source = await timed('read', () => ItemSource.open(recipe, item, reader));
    const { scene } = source;
    const window = wholeWindow(scene.grid);
    const pixels = await timed('read', () => source.read(window));
    const layers = await timed('prepare', () => prepareLayers(recipe, scene, window, pixels));
    const { whole } = await timed('draw', () => drawPicture(recipe, layers));
    const painter = await timed('marks', () => {
      const figure = composeFigure(recipe, scene, undefined);
      const options = { font: scene.font, medium: 'raster' } as const;
      const layout = layOutFigure(recipe, scene.grid, figure, { ...options, isDark: (box) => isDark(whole, box) });
      return new FigurePainter(layout, scene.grid, scene.font);
    });
    const { rgb } = await timed('marks', () => painter.paint(whole, 0));
    const sink = new MemorySink();
    await timed('encode', async () => {
      const encoder = pictureEncoder('png', painter.size, sink);
      await encoder.add(rgb);
      await encoder.end();
    });
    await timed('write', async () => {
      await writeFileWhole(path.join(outputFolder, item.files[0].path), [sink.content()], 'bench', true);
    });
  }
  await reader.close();
  return { items: items.length, cpuSeconds };
}
