import path from 'node:path';
import type { Problem } from '../../model/dataset';
import { folderOfRow, fovOfRow } from '../../model/fovOfRow';
import { listNames } from '../../model/listNames';
import { mapEntry } from '../../model/mapEntry';
import type { ColumnValues } from './findFovColumn';

/**
 * What is to be said of how a table writes its FOVs: that blanks around names or the folders of paths were left out, and,
 * as the table's problem, that images of one name in several folders would be one FOV.
 */
export function describeFovNames(
  file: string,
  column: string | undefined,
  values: ReadonlyMap<string, ColumnValues>,
  fovs: readonly string[],
): { readonly warnings: readonly Problem[]; readonly problem?: Problem } {
  const known = new Set(fovs);
  const texts = [...((column === undefined ? undefined : values.get(column))?.keys() ?? [])];
  const blanks: string[] = [];
  const paths: string[] = [];
  const folders = new Map<string, Map<string, string>>();
  for (const text of texts) {
    const fov = fovOfRow(text, known);
    if (!known.has(fov) || known.has(text)) continue;
    const folder = folderOfRow(text);
    if (folder !== '') paths.push(text);
    else if (text !== text.trim()) blanks.push(JSON.stringify(text));
    if (folder !== '') mapEntry(folders, fov, () => new Map<string, string>()).set(folder, text);
  }
  const table = path.basename(file);
  const warnings: Problem[] = [];
  const say = (how: string, names: readonly string[]): void => {
    const message = `FOVs in column ${column} of ${table} ${how}: ${listNames(names)}.`;
    if (names.length > 0) warnings.push({ code: 'NamesShortened', message });
  };
  say('have blanks around them and are read without', blanks);
  say('are paths, of which the last part is taken', paths);
  const [fov, places] = [...folders].find(([, found]) => found.size > 1) ?? [];
  if (fov === undefined) return { warnings };
  const message = `Expected one image called ${fov} in column ${column} of ${file}, but found ${listNames([...places!.values()])}; which of them is the dataset's FOV cannot be told: give a table of one of them, or a column that tells them apart with --columns fov=NAME.`;
  return { warnings, problem: { code: 'ColumnNotFound', message } };
}
