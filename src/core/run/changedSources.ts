import path from 'node:path';
import type { Problem } from '../model/dataset';
import { listNames } from '../model/listNames';
import type { ItemList } from '../model/itemList';
import { describeFile } from '../read/describeFile';
import type { JobRequest } from '../job/readJobRequest';
import { allSourcesOf, sourcesOf } from '../job/listSources';
import { withNote } from '../plan/withNote';

/**
 * Items of a job that goes on, with a note where a file that they read is of another size or time than when the job was
 * planned: their pictures may not go with those that were made before, which the problem says of all. The signal is asked
 * before each file, and while one is hashed.
 */
export async function noteChangedSources(
  { datasetFolder, sources }: Pick<JobRequest, 'datasetFolder' | 'sources'>,
  items: ItemList,
  signal?: AbortSignal,
): Promise<{ readonly items: ItemList; readonly problem?: Problem }> {
  const changed = new Set<string>();
  const needed = allSourcesOf(items);
  for (const { file, bytes, modified, sha256 } of sources) {
    if (!needed.has(file)) continue;
    const place = path.resolve(datasetFolder, file);
    const now = await describeFile(place, false, signal);
    // One that is gone is what its items fail with.
    if (now.modified === undefined || (now.bytes === bytes && now.modified === modified)) continue;
    // Copied to another disk, it has another time; its hash, where it was kept, says that it is the same.
    const isAlike = sha256 !== undefined && now.bytes === bytes;
    const isSame = isAlike && (await describeFile(place, true, signal)).sha256 === sha256;
    if (!isSame) changed.add(file);
  }
  if (changed.size === 0) return { items };
  const noted = items.changeEach((item) => {
    const files = [...new Set(sourcesOf(item))].filter((file) => changed.has(file));
    if (files.length === 0) return item;
    return withNote(item, `changed after the job was planned: ${listNames(files)}`);
  });
  const message = `Expected the files that the job was planned with, but ${listNames([...changed])} changed since then: pictures that are made now may not go with those that were made before. The manifest says which; export anew to have them all alike.`;
  return { items: noted, problem: { code: 'SourcesDiffer', message } };
}
