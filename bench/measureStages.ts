import path from 'node:path';
import { cellsOfSnapshot } from '../src/core/job/cellSnapshot';
import { readJobRequest } from '../src/core/job/readJobRequest';
import { readItem } from '../src/core/make/readItem';
import { SourceReader } from '../src/core/make/sourceReader';
import { recipeOfItem } from '../src/core/model/plan';
import { composeFigure, paintFigure } from '../src/core/render/composeFigure';
import { drawPicture } from '../src/core/render/drawPicture';
import { prepareLayers } from '../src/core/render/prepareLayers';
import { encodePicture } from '../src/core/write/encodePicture';
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
    const { input } = await timed('read', () => readItem(recipe, item, reader));
    const layers = await timed('prepare', () => prepareLayers(recipe, input));
    const { whole } = await timed('draw', () => drawPicture(recipe, layers));
    const painted = await timed('marks', () =>
      paintFigure(recipe, whole, composeFigure(recipe, layers, input), input.font),
    );
    const png = await timed('encode', () => encodePicture(painted, 'png'));
    await timed('write', async () => {
      await writeFileWhole(path.join(outputFolder, item.files[0].path), [png], 'bench', true);
    });
  }
  await reader.close();
  return { items: items.length, cpuSeconds };
}
