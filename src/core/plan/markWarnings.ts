import { bounds } from '../model/bounds';
import type { Problem } from '../model/dataset';
import { listNames } from '../model/listNames';
import { defaultPrintDpi } from '../model/marks';
import type { ItemList } from '../model/itemList';
import { type PlannedItem, recipeOfItem } from '../model/plan';
import { isPlainColor, type Recipe } from '../model/recipe';
import { loadFont } from '../read/loadFont';
import { pictureBarUm } from '../render/composeFigure';
import { gridSize } from '../render/outputGrid';
import { dotsPerInch } from '../render/printSize';
import { hasBar } from './planFov';

/** What is made as it was asked for, but will hardly please: said before the start. */
export function markWarnings(recipe: Recipe, items: ItemList): Problem[] {
  const some = (chosen: ItemList): string =>
    `${chosen.length} of ${items.length} pictures (${listNames(Array.from(chosen, ({ id }) => id))})`;
  const warnings: Problem[] = [];
  const short = hasBar(recipe) ? items.filter((item) => isBarShort(recipe, item)) : undefined;
  if (short && short.length > 0) {
    const message = `The scale bars of ${some(short)} are shorter than ${minBarPx} pixels: exact, but hard to read.`;
    warnings.push({ code: 'ScaleBarTooShort', message });
  }
  const wantedDpi = recipe.dpi ?? defaultPrintDpi;
  const coarse = recipe.print && items.filter((item) => dpiOf(recipe, item) < wantedDpi);
  if (coarse && coarse.length > 0) {
    const least = Math.floor(bounds(Array.from(coarse, (item) => dpiOf(recipe, item)))[0]);
    const message = `At a print width of ${recipe.print.widthMm} mm ${some(coarse)} have fewer than ${wantedDpi} pixels per inch, ${least} at least; they are not made larger than the data.`;
    warnings.push({ code: 'PrintTooCoarse', message });
  }
  const missing = missingCharacters(recipe, items);
  if (missing.length > 0) {
    const message = `The font has no shape for ${listNames(missing)}; an empty box is drawn in its place.`;
    warnings.push({ code: 'CharacterMissing', message });
  }
  return warnings;
}

const minBarPx = 5;

/** Bars that are drawn right, but that a reader hardly sees or measures. */
function isBarShort(asked: Recipe, item: PlannedItem): boolean {
  const { region, pixelSize, fov, error } = item;
  if (!region || !pixelSize || error) return false;
  const recipe = recipeOfItem(asked, item);
  const size = {
    widthPx: gridSize(region.widthPx, recipe.downsample),
    heightPx: gridSize(region.heightPx, recipe.downsample),
  };
  return pictureBarUm(recipe, fov, size, pixelSize.um)! / (pixelSize.um * recipe.downsample) < minBarPx;
}

function dpiOf(asked: Recipe, item: PlannedItem): number {
  if (!item.region) return Infinity;
  const recipe = recipeOfItem(asked, item);
  return dotsPerInch(recipe, gridSize(item.region.widthPx, recipe.downsample)) ?? Infinity;
}

/** Characters of what is written on pictures that the bundled font lacks. */
function missingCharacters(asked: Recipe, items: ItemList): string[] {
  const { legend, title, caption, gallery } = asked;
  const texts = new Set([title?.text ?? '', caption?.text ?? '']);
  const add = (more: readonly string[]): void => {
    for (const text of more) texts.add(text);
  };
  if (title || caption || gallery) for (const { fov, roi } of items) add([fov, roi?.name ?? '']);
  const addLook = ({ channels, annotation, masks, markerSet = '' }: Recipe): void => {
    if (title || caption || gallery) texts.add(markerSet);
    if (title || caption || gallery || legend.channels !== 'off') add(channels.map(({ channel }) => channel));
    if (!legend.classes && !gallery) return;
    add([annotation?.name ?? '', ...Object.values(annotation?.names ?? {})]);
    for (const { color } of masks) if (!isPlainColor(color)) add([color.column, ...Object.keys(color.colors ?? {})]);
  };
  addLook(asked);
  for (const item of items.kinds()) if (item.own) addLook(recipeOfItem(asked, item));
  const font = loadFont();
  const missing = [...new Set([...texts].join('').normalize('NFC'))].filter((char) => {
    // Blanks and controls are drawn as blanks.
    return !/[\s\p{Cc}]/u.test(char) && !font.has(char.codePointAt(0)!);
  });
  return missing.map((char) => (/\p{C}/u.test(char) ? `U+${char.codePointAt(0)!.toString(16).toUpperCase()}` : char));
}
