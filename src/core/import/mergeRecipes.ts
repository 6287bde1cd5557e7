import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { recipeFileEnding } from '../model/recipeFile';
import { freeFileName } from './freeFileName';
import type { ImportLedger } from './importLedger';
import { type OwnFile, ownFileText } from '../store/ownFile';
import type { ExportConfig } from './readExportConfigs';
import { readJson } from '../store/readJson';

const folder = '.batch-export/recipes';
const rawSchema = z.looseObject({ name: z.string().optional() });

/** One file for each of UELer's export configs. Files of ours that cannot be read stay, and so do their names. */
export async function mergeRecipes(
  dataset: string,
  configs: readonly ExportConfig[],
  ledger: ImportLedger,
): Promise<OwnFile[]> {
  const taken = new Set(await readdir(path.join(dataset, folder)).catch(() => []));
  const own = new Map<string, { fileName: string; recipe: object }>();
  for (const fileName of [...taken].filter((name) => name.endsWith(recipeFileEnding)).sort()) {
    const content = await readJson(path.join(dataset, folder, fileName), rawSchema).catch(() => undefined);
    if (!content) continue;
    const { name = fileName.slice(0, -recipeFileEnding.length), ...recipe } = content;
    delete recipe['$schema'];
    if (!own.has(name)) own.set(name, { fileName, recipe });
  }
  const seen = new Set<string>();
  const files: OwnFile[] = [];
  for (const { name, recipe, remarks } of configs) {
    if (seen.has(name)) {
      ledger.leaveOut('recipe', name, 'UELer has another one of this name, which is taken');
      continue;
    }
    seen.add(name);
    const ours = own.get(name);
    const fileName = ours?.fileName ?? freeFileName(name, recipeFileEnding, taken);
    const place = `${folder}/${fileName}`;
    if (!ledger.takes({ kind: 'recipe', name, file: place }, recipe, ours?.recipe)) continue;
    ledger.notes.push(...remarks.map((remark) => `Export config "${name}": ${remark}`));
    const content = ownFileText('recipe', { ...{ version: 1, name }, ...recipe });
    files.push({ path: place, content, replaces: ours !== undefined });
  }
  return files;
}
