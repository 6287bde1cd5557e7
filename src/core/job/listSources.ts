import path from 'node:path';
import * as z from 'zod';
import type { ItemList } from '../model/itemList';
import type { Plan, PlannedItem, PlannedSource } from '../model/plan';
import { describeFile } from '../read/describeFile';

/** A file that a job reads, as it was when the job was made. */
export const sourceFileSchema = z.object({
  /** Relative to the dataset's folder, with `/`. */
  file: z.string().regex(/^[^\0]+$/, 'must be the name of a file'),
  bytes: z.number().exactOptional(),
  modified: z.string().exactOptional(),
  sha256: z.string().exactOptional(),
});

export type SourceFile = Readonly<z.output<typeof sourceFileSchema>>;

/** Every file that a plan's items read, each once, in the order of the plan; the cell table last. */
export async function listSources(
  {
    datasetFolder,
    items,
    cellTable,
  }: Pick<Plan, 'datasetFolder' | 'items'> & {
    readonly cellTable?: Pick<NonNullable<Plan['cellTable']>, 'file'> | undefined;
  },
  hash: boolean,
): Promise<SourceFile[]> {
  const names = allSourcesOf(items);
  if (cellTable) names.add(path.relative(datasetFolder, cellTable.file).split(path.sep).join('/'));
  const sources: SourceFile[] = [];
  for (const file of names) sources.push({ file, ...(await describeFile(path.resolve(datasetFolder, file), hash)) });
  return sources;
}

/** Whether a name of a source is that of something in the dataset's folder, wherever that is. */
export function isInside(file: string): boolean {
  const folder = path.resolve('/dataset');
  return path.resolve(folder, file).startsWith(folder + path.sep);
}

/** All images that an item is made of, those of its tiles too. */
export function imagesOf(item: PlannedItem): PlannedSource[] {
  return [item, ...(item.tiles ?? [])].flatMap(({ channels, masks, annotation, cellMask }) => [
    ...channels,
    ...masks,
    ...(annotation ? [annotation] : []),
    ...(cellMask ? [cellMask] : []),
  ]);
}

/** The files that an item reads, relative to the dataset's folder. */
export function sourcesOf(item: PlannedItem): string[] {
  return imagesOf(item).map(({ file }) => file);
}

/** Those of all items, each once. */
export function allSourcesOf(items: ItemList): Set<string> {
  const files = new Set<string>();
  for (const item of items.kinds()) for (const file of sourcesOf(item)) files.add(file);
  return files;
}
