import type { CellType } from './seeds';
import { regionClass } from './tissue';

const cellTypeColors: Readonly<Record<CellType, string>> = {
  Tumour: '#009e73',
  'T cell': '#d55e00',
  'B cell': '#56b4e9',
  Macrophage: '#cc79a7',
  Fibroblast: '#e69f00',
  'Smooth muscle': '#f0e442',
};

/** `.batch-export/palettes/regions.annotation.json`: colours and names of the annotation `region`. */
export function regionPaletteJson(): string {
  const { tumour, stroma, lymphoid } = regionClass;
  return json({
    name: 'Regions',
    annotation: 'region',
    colors: { [tumour]: '#009e73', [stroma]: '#cc79a7', [lymphoid]: '#f0e442' },
    names: { [tumour]: 'tumour', [stroma]: 'stroma', [lymphoid]: 'lymphoid follicle' },
  });
}

/** `.batch-export/palettes/cell-types.mask.json`: colours of the cell table's `cell_type`. */
export function cellTypePaletteJson(): string {
  return json({
    name: 'Cell types',
    column: 'cell_type',
    colors: cellTypeColors,
    otherColor: '#808080',
  });
}

function json(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
