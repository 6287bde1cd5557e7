import { ExportError } from '../model/exportError';
import type { Recipe } from '../model/recipe';

interface Size {
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * The size that all images of an item share, given in the recipe's order: channels (none for masks only), masks,
 * annotation. Images of different sizes do not lie on each other pixel by pixel: `SizeMismatch`.
 * @param beneath the image that they are about, where it is known and not drawn
 */
export function requireOneSize(recipe: Recipe, fov: string, images: readonly Size[], beneath?: Size): Size {
  const reference = beneath ?? images[0];
  const names = [
    ...(recipe.masksOnly ? [] : recipe.channels.map((c) => `channel ${c.channel}`)),
    ...recipe.masks.map((m) => `mask ${m.name}`),
    ...(recipe.annotation ? [`annotation ${recipe.annotation.name}`] : []),
  ];
  for (const [i, image] of images.entries()) {
    requireSize(reference, image, `${names[i]} of FOV ${fov}, the size of ${beneath ? 'its image' : names[0]}`);
  }
  return { widthPx: reference.widthPx, heightPx: reference.heightPx };
}

/** `SizeMismatch` for an image of another size than expected. */
export function requireSize(expected: Size, { widthPx, heightPx }: Size, what: string): void {
  if (widthPx === expected.widthPx && heightPx === expected.heightPx) return;
  throw new ExportError(
    'SizeMismatch',
    `Expected ${expected.widthPx} × ${expected.heightPx} pixels for ${what}, but found ${widthPx} × ${heightPx}.`,
  );
}
