import type { HexColor } from '../model/color';
import type { ColorOfLabel } from './paintLabels';
import type { Overlay, PreparedLayers } from './prepareLayers';

/** Which classes of an annotation and which cells of masks a picture shows, from its windows, one after the other. */
export class SeenLabels {
  private colorOfClass: ColorOfLabel = () => undefined;
  private readonly cells = new Map<Overlay['layer'], Set<number>>();

  /** Takes the labels of a window; those beside it are not seen. */
  add({ overlays, ...window }: Pick<PreparedLayers, 'overlays' | 'widthPx' | 'heightPx'>): void {
    for (const { layer, labels, colorOf } of overlays) {
      if (layer === 'shape') continue;
      const known = this.cells.get(layer) ?? new Set();
      this.cells.set(layer, known);
      let last = -1;
      for (let y = Math.max(0, -labels.yPx); y < Math.min(labels.heightPx, window.heightPx - labels.yPx); y++) {
        for (let x = Math.max(0, -labels.xPx); x < Math.min(labels.widthPx, window.widthPx - labels.xPx); x++) {
          const label = labels.labels[y * labels.widthPx + x];
          if (label !== last) known.add((last = label));
        }
      }
      if (layer === 'annotation') this.colorOfClass = colorOf;
    }
  }

  /** The annotation's classes that are painted, by number. */
  annotationClasses(): { id: number; color: HexColor }[] {
    const ids = [...(this.cells.get('annotation') ?? [])].sort((a, b) => a - b);
    return ids.flatMap((id) => {
      const color = this.colorOfClass(id);
      return color === undefined ? [] : [{ id, color }];
    });
  }

  /** The cells of a mask, by its position in the recipe: their labels, or numbers. */
  ofMask(mask: number): ReadonlySet<number> {
    const cells = new Set(this.cells.get(mask));
    cells.delete(0);
    return cells;
  }
}
