import path from 'node:path';
import { ExportError, openDataset, Previewer, savePicture } from '../core/index';
import { type Flag, parseFlags, requireChoice } from './flags';
import { cellFlags } from './cellFlags';
import type { Interruption } from './interruption';
import { datasetFlags, readDatasetOptions } from './datasetFlags';
import { allowMismatchFlag, lookFlags, overwriteFlag, readRecipe } from './lookFlags';
import { memoryFlag, readLimits } from './limitFlags';
import { roiFlags } from './roiFlags';

const ownFlags = { fovs: [], cells: cellFlags, rois: roiFlags } as const;

export const previewFlags: readonly Flag[] = [
  ...lookFlags,
  ...cellFlags,
  // What both have is said of cells.
  ...roiFlags.filter(({ name }) => !cellFlags.some((flag) => flag.name === name)),
  ...datasetFlags,
  allowMismatchFlag,
  { name: 'item', value: 'ID', group: 'What', help: "the item to show: FOV, FOV:LABEL, or a ROI's id" },
  { name: 'to', value: 'FILE', group: 'Where it goes', help: 'the PNG file to write' },
  overwriteFlag,
  memoryFlag,
];

function fail(what: string): never {
  throw new ExportError('Usage', `Expected ${what}. See batch-export preview --help.`);
}

/** `batch-export preview fovs|cells|rois DATASET --item ID --to FILE`: one item by the same renderer. */
export async function preview(args: readonly string[], interruption: Interruption): Promise<number> {
  const flags = parseFlags('preview', previewFlags, args);
  const [mode, folder, ...others] = flags.positionals;
  if ((mode !== 'fovs' && mode !== 'cells' && mode !== 'rois') || folder === undefined || others.length > 0) {
    fail(`preview fovs|cells|rois DATASET, but found ${['preview', ...flags.positionals].join(' ')}`);
  }
  const item = flags.text('item') ?? fail('--item ID, the item to show, but found none');
  const to = flags.text('to') ?? fail('--to FILE, the PNG file to write, but found none');
  if (path.extname(to).toLowerCase() !== '.png') {
    throw new ExportError('Usage', `Expected a file name that ends in .png for --to, but found "${to}".`);
  }
  const own: readonly Flag[] = ownFlags[mode];
  for (const other of ['cells', 'rois'] as const) {
    const stray = ownFlags[other].find(({ name }) => flags.on(name) && !own.some((flag) => flag.name === name));
    if (!stray) continue;
    throw new ExportError('Usage', `Expected preview ${other} with --${stray.name}, but found preview ${mode}.`);
  }
  const overwrite = requireChoice(flags.text('overwrite') ?? 'never', '--overwrite', ['never', 'changed', 'always']);
  const dataset = await openDataset(path.resolve(folder), readDatasetOptions(flags));
  const recipe = await readRecipe(mode, flags, dataset);
  if (recipe.separate !== 'off') {
    throw new ExportError(
      'Usage',
      'Expected one picture to preview, but found separate channels; name one with --channel.',
    );
  }
  const { memoryBytes } = readLimits(flags);
  const request = { item, maxSidePx: Number.POSITIVE_INFINITY, memoryBytes };
  const { png } = await interruption.whileComputing(() => new Previewer(dataset).preview(recipe, request));
  await interruption.whileWriting(() => savePicture(path.resolve(to), png, overwrite !== 'never'));
  return 0;
}
