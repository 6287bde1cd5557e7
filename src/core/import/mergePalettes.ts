import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Palette } from '../model/palette';
import type { PaletteFile } from '../model/paletteFile';
import { freeFileName } from './freeFileName';
import type { ImportLedger } from './importLedger';
import { type OwnFile, ownFileText } from '../store/ownFile';
import { readOwnPalettes, type StoredPalette } from '../store/readSavedPalettes';

const folder = '.batch-export/palettes';

/** One file for each of UELer's palettes. Files of ours that cannot be read stay, and so do their names. */
export async function mergePalettes(
  dataset: string,
  theirs: readonly StoredPalette[],
  ledger: ImportLedger,
): Promise<OwnFile[]> {
  const own = await readOwnPalettes(dataset, []);
  const taken = new Set(await readdir(path.join(dataset, folder)).catch(() => []));
  const seen = new Set<string>();
  const files: OwnFile[] = [];
  for (const { palette, remarks } of theirs) {
    const { kind, name } = palette;
    const what = `${kind} palette` as const;
    const key = `${kind} ${name}`;
    if (seen.has(key)) {
      ledger.leaveOut(what, name, 'UELer has another one of this name, which is taken');
      continue;
    }
    seen.add(key);
    const ours = own.find((stored) => stored.palette.kind === kind && stored.palette.name === name);
    const fileName = ours ? path.basename(ours.file) : freeFileName(name, `.${kind}.json`, taken);
    const place = `${folder}/${fileName}`;
    if (!ledger.takes({ kind: what, name, file: place }, palette, ours?.palette)) continue;
    ledger.notes.push(...remarks.map((remark) => `UELer's mask colour set "${name}" ${remark}.`));
    files.push({ path: place, content: ownFileText('palette', toFile(palette)), replaces: ours !== undefined });
  }
  return files;
}

function toFile({ kind, name, madeFor, colors, continuous, names, otherColor, style }: Palette): PaletteFile {
  return {
    version: 1,
    name,
    ...(madeFor !== undefined && { [kind === 'mask' ? 'column' : 'annotation']: madeFor }),
    ...(continuous ?? { colors }),
    ...(names && { names }),
    ...(otherColor && { otherColor }),
    ...(style && { style }),
  };
}
