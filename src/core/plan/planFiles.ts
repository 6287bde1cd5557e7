import { fileExtensions } from '../model/fileExtension';
import type { PlannedFile } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { cutStem, toNamePart } from './assignFileNames';

/** One of the files that are made of every item: what is in it, and what its name says of that. */
export interface FileKind extends Omit<PlannedFile, 'path'> {
  /** What its channel is called in its name, when it is one of several. */
  readonly channel?: string;
  /** With its dot. */
  readonly extension: string;
}

/** The files that a recipe makes of every item: each picture in each format, and one OME-TIFF of all channels. */
export function planFiles(recipe: Recipe): FileKind[] {
  return recipe.formats.flatMap((format): FileKind[] => {
    const extension = fileExtensions[format];
    if (recipe.separate === 'off' || format === 'ome-tiff') return [{ extension, format }];
    return separatePictures(recipe).map(({ name, channels }) => ({ channel: name, extension, format, channels }));
  });
}

/** Of a file's name; many channels of one colour may have a long one together. */
const maxChannelBytes = 100;

/** The channels that share a picture; channels of one colour are named together. Two names that would clash are numbered. */
function separatePictures({ channels, separate }: Recipe): { name: string; channels: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [i, { color }] of channels.entries()) {
    const key = separate === 'colors' ? color : String(i);
    groups.set(key, [...(groups.get(key) ?? []), i]);
  }
  const taken = new Set<string>();
  return [...groups.values()].map((shown) => {
    const names = shown.map((i) => toNamePart(channels[i].channel)).join('_');
    const stem = cutStem(names, names, maxChannelBytes);
    let name = stem;
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${stem}_${n}`;
    taken.add(name.toLowerCase());
    return { name, channels: shown };
  });
}
