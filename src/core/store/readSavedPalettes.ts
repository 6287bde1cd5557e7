import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Problem } from '../model/dataset';
import { ExportError, messageOf } from '../model/exportError';
import type { Palette } from '../model/palette';
import { paletteFileSchema, toPalette } from '../model/paletteFile';
import { checkJson, readJson } from './readJson';
import { fromUelerPalette, isUelerPalette, uelerPaletteSchema } from './uelerPalette';

/** Where palettes are kept in a dataset. */
const ownPlaces = [
  { folder: ['.batch-export', 'palettes'], ending: '.mask.json', kind: 'mask' },
  { folder: ['.batch-export', 'palettes'], ending: '.annotation.json', kind: 'annotation' },
] as const;

/** UELer's folders are only read. */
const uelerPlaces = [
  { folder: ['.UELer'], ending: '.maskcolors.json', kind: 'mask' },
  { folder: ['.UELer', 'pixel_annotation_palettes'], ending: '.pixelannotations.json', kind: 'annotation' },
] as const;

/** A palette and the file that it is in. */
export interface StoredPalette {
  /** Absolute path. */
  readonly file: string;
  readonly palette: Palette;
  /** What of it is not taken over: ends of sentences. */
  readonly remarks: readonly string[];
}

/**
 * The palettes saved with a dataset, ours first, by their files and not by UELer's index, whose absolute paths go stale.
 * Of two of one kind and name the first counts.
 */
export async function readSavedPalettes(dataset: string, warnings: Problem[]): Promise<Palette[]> {
  const stored = [...(await readPlaces(dataset, ownPlaces, warnings)), ...(await readUelerPalettes(dataset, warnings))];
  return distinct(stored).map(({ palette }) => palette);
}

/** Our own palettes of a dataset, each of them. */
export function readOwnPalettes(dataset: string, warnings: Problem[]): Promise<StoredPalette[]> {
  return readPlaces(dataset, ownPlaces, warnings);
}

/** UELer's palettes of a dataset, each of them. */
export function readUelerPalettes(dataset: string, warnings: Problem[]): Promise<StoredPalette[]> {
  return readPlaces(dataset, uelerPlaces, warnings);
}

/** Without those that repeat kind and name of one before. */
export function distinct(all: readonly StoredPalette[]): StoredPalette[] {
  const seen = new Set<string>();
  return all.filter(({ palette: { kind, name } }) => seen.size < seen.add(`${kind} ${name}`).size);
}

async function readPlaces(
  dataset: string,
  places: typeof ownPlaces | typeof uelerPlaces,
  warnings: Problem[],
): Promise<StoredPalette[]> {
  const palettes: StoredPalette[] = [];
  for (const { folder, ending, kind } of places) {
    const place = path.join(dataset, ...folder);
    const names = (await readdir(place).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
    for (const name of names) {
      try {
        palettes.push(await readStored(path.join(place, name), kind));
      } catch (error) {
        warnings.push({ code: 'PaletteInvalid', message: messageOf(error) });
      }
    }
  }
  return palettes;
}

/** A palette from a file, ours or UELer's. `PaletteInvalid` if it is not one. */
export async function readPaletteFile(file: string, kind: Palette['kind']): Promise<Palette> {
  return (await readStored(file, kind)).palette;
}

async function readStored(file: string, kind: Palette['kind']): Promise<StoredPalette> {
  try {
    const value = await readJson(file, z.looseObject({}));
    if (!value) throw new ExportError('PaletteInvalid', `Expected a palette in ${file}, but there is no such file.`);
    const { palette, remarks } = isUelerPalette(value)
      ? fromUeler(file, checkJson(file, value, uelerPaletteSchema))
      : { palette: toPalette(checkJson(file, value, paletteFileSchema)), remarks: [] };
    if (kind === 'annotation' && !Object.keys(palette.colors).some((id) => /^\d+$/.test(id))) {
      const [key] = Object.keys(palette.colors);
      const found = key === undefined ? 'a colour map' : `"${key}"`;
      throw new ExportError('PaletteInvalid', `Expected class numbers for colours in ${file}, but found ${found}.`);
    }
    const name = palette.name ?? path.basename(file).replace(/\..*$/, '');
    return { file, palette: { ...palette, name, kind }, remarks };
  } catch (error) {
    throw new ExportError('PaletteInvalid', messageOf(error), undefined, error);
  }
}

function fromUeler(file: string, content: z.output<typeof uelerPaletteSchema>): ReturnType<typeof fromUelerPalette> {
  try {
    return fromUelerPalette(content);
  } catch (error) {
    throw new ExportError(
      'PaletteInvalid',
      `Expected a palette in ${file}, but ${messageOf(error)}.`,
      undefined,
      error,
    );
  }
}
