import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, messageOf, openDataset, previewItem } from '../core/index';
import { type Flag, parseFlags } from './flags';
import { pictureFlags, readDatasetOptions, readRecipe } from './fovs';

export const previewFlags: readonly Flag[] = [
  ...pictureFlags,
  { name: 'item', value: 'ID', group: 'What', help: 'the item to show: a FOV' },
  { name: 'to', value: 'FILE', group: 'Where it goes', help: 'the PNG file to write; a file of this name is replaced' },
];

/** `batch-export preview fovs DATASET --item ID --to FILE`: one item by the same renderer. */
export async function preview(args: readonly string[], signal: AbortSignal): Promise<number> {
  const flags = parseFlags('preview', previewFlags, args);
  const [mode, folder, ...others] = flags.positionals;
  const item = flags.text('item');
  const to = flags.text('to');
  if (mode !== 'fovs' || folder === undefined || others.length > 0 || item === undefined || to === undefined) {
    throw new ExportError(
      'Usage',
      'Expected preview fovs DATASET --item ID --to FILE. See batch-export preview --help.',
    );
  }
  const dataset = await openDataset(path.resolve(folder), readDatasetOptions(flags));
  const { recipe } = await readRecipe(flags, dataset, signal);
  const { png } = await previewItem(recipe, dataset, item, Number.POSITIVE_INFINITY, signal);
  await writeFile(to, png).catch((error: unknown) => {
    throw new ExportError('OutputNotWritable', `Expected to write ${to}, but ${messageOf(error)}.`, undefined, error);
  });
  return 0;
}
