import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../model/dataset';
import { ExportError, messageOf } from '../model/exportError';
import { type Palette, paletteFileSchema } from '../model/palette';
import { readJson } from './readJson';

/** Where palettes are kept in a dataset, ours first; UELer's folders are only read. */
const places = [
  { folder: ['.batch-export', 'palettes'], ending: '.mask.json', kind: 'mask' },
  { folder: ['.batch-export', 'palettes'], ending: '.annotation.json', kind: 'annotation' },
  { folder: ['.UELer'], ending: '.maskcolors.json', kind: 'mask' },
  { folder: ['.UELer', 'pixel_annotation_palettes'], ending: '.pixelannotations.json', kind: 'annotation' },
] as const;

/** The palettes saved with a dataset, by their files and not by UELer's index, whose absolute paths go stale. */
export async function readSavedPalettes(dataset: string, warnings: Problem[]): Promise<Palette[]> {
  const palettes: Palette[] = [];
  for (const { folder, ending, kind } of places) {
    const place = path.join(dataset, ...folder);
    const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
    for (const name of names) {
      try {
        const palette = await readPaletteFile(path.join(place, name), kind);
        const known = palettes.some((other) => other.kind === kind && other.name === palette.name);
        if (!known) palettes.push(palette);
      } catch (error) {
        warnings.push({ code: 'PaletteInvalid', message: messageOf(error) });
      }
    }
  }
  return palettes;
}

/** A palette from a file, ours or UELer's. `PaletteInvalid` if it is not one. */
export async function readPaletteFile(file: string, kind: Palette['kind']): Promise<Palette> {
  try {
    const content = await readJson(file, paletteFileSchema);
    if (!content) throw new ExportError('PaletteInvalid', `Expected a palette in ${file}, but there is no such file.`);
    if (kind === 'annotation' && !Object.keys(content.colors).some((id) => /^\d+$/.test(id))) {
      const [key] = Object.keys(content.colors);
      throw new ExportError('PaletteInvalid', `Expected class numbers for colours in ${file}, but found "${key}".`);
    }
    return { ...content, name: content.name ?? path.basename(file).replace(/\..*$/, ''), kind };
  } catch (error) {
    throw new ExportError('PaletteInvalid', messageOf(error), undefined, error);
  }
}
