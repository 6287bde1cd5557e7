import path from 'node:path';
import type { Plan, PlannedItem } from '../model/plan';
import { describeFile, type FileIdentity } from '../read/describeFile';

/** A file that a job reads, as it was when the job was made. */
export interface SourceFile extends FileIdentity {
  /** Relative to the dataset's folder, with `/`. */
  readonly file: string;
}

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
  const names = new Set(items.flatMap(sourcesOf));
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

/** The files that an item reads, relative to the dataset's folder. */
export function sourcesOf(item: PlannedItem): string[] {
  const parts = [item, ...(item.tiles ?? [])].flatMap(({ channels, masks, annotation }) => [
    ...channels,
    ...masks,
    ...(annotation ? [annotation] : []),
  ]);
  return [...parts, ...(item.cellMask ? [item.cellMask] : [])].map(({ file }) => file);
}
