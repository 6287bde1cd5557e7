import path from 'node:path';
import { bounds } from '../model/bounds';
import { isFitted, type PixelsOrUm } from '../model/cellSelection';
import { itemNouns, modeTitles } from '../model/mode';
import type { ItemList } from '../model/itemList';
import { type PlannedItem, recipeOfItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { formatLength } from '../render/chooseScaleBar';
import { galleryLegend, type LegendGroup } from '../render/galleryLegend';

/** What a gallery is called: of which dataset, and in which mode. Names no folder above it. */
export function galleryTitle({ mode }: Recipe, datasetFolder: string): string {
  return `${path.basename(datasetFolder)}: ${modeTitles[mode]}`;
}

/** The settings of a batch, in words: what its pictures have in common. */
export function gallerySettings(recipe: Recipe, items: ItemList, failed = 0, skipped = 0): string[] {
  const { cells, rois, markerSet, gallery } = recipe;
  const size = rois?.size && `${lengthText(rois.size.length)}${toleranceText(rois.size.tolerance)}`;
  const hasOwn = rois?.settings === 'own' && rois.slides.length === 0;
  const facts = [
    `${items.length} ${itemNouns[recipe.mode]}${items.length === 1 ? '' : 's'}`,
    failed > 0 && `${failed} failed`,
    skipped > 0 && `${skipped} skipped`,
    cells?.where !== undefined && `where ${cells.where}`,
    rois?.tags !== undefined && `tags ${rois.tags}`,
    cells && (isFitted(cells.crop) ? 'crops that fit their masks' : `crops of ${lengthText(cells.crop.size)}`),
    size !== undefined && `regions of ${size}`,
    hasOwn && "each ROI's own settings",
    markerSet !== undefined && !hasOwn && `marker set ${markerSet}`,
    `downsample ${rangeText(Array.from(items, (item) => recipeOfItem(recipe, item).downsample))}`,
    pixelSizeText(items),
    (gallery?.order.length ?? 0) > 0 && `ordered by ${gallery!.order.join(', ')}`,
  ];
  return facts.filter((fact) => typeof fact === 'string');
}

function lengthText(length: PixelsOrUm): string {
  return 'px' in length ? `${length.px} px` : formatLength(length.um);
}

function toleranceText(tolerance: PixelsOrUm | undefined): string {
  return tolerance ? ` ± ${lengthText(tolerance)}` : '';
}

function rangeText(values: readonly number[]): string {
  const [least, most] = bounds(values);
  return least === most ? String(least) : `${least} to ${most}`;
}

function pixelSizeText(items: ItemList): string | false {
  const sizes = Array.from(items, ({ pixelSize }) => pixelSize?.um).filter((um) => um !== undefined);
  if (sizes.length === 0) return false;
  const [least, most] = bounds(sizes).map((um) => String(Number(um.toPrecision(4))));
  return `${least === most ? least : `${least} to ${most}`} µm per pixel in full resolution`;
}

/** The legends that the pictures of a batch have, each once, and which of them is an item's. */
export class GalleryLooks {
  readonly all: LegendGroup[][] = [];
  private readonly known = new Map<string, number>();

  constructor(private readonly recipe: Recipe) {}

  of(item: PlannedItem): number {
    const legend = galleryLegend(recipeOfItem(this.recipe, item));
    const key = JSON.stringify(legend);
    const found = this.known.get(key) ?? this.all.push(legend) - 1;
    this.known.set(key, found);
    return found;
  }
}
