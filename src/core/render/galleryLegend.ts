import type { Limit } from '../model/limit';
import { type AnnotationLayer, isPlainColor, type MaskLayer, type Recipe } from '../model/recipe';
import { cellRows, className, formatValue, shownColor, swatchRow } from './describeFigure';
import type { LegendRow } from './markBlocks';

/** A part of a gallery's legend. */
export interface LegendGroup {
  readonly title: string;
  readonly rows: readonly (LegendRow & { /** Said in grey after the name. */ readonly detail?: string })[];
}

/** So many classes of a palette are listed; of the others it is said how many there are. */
const mostClasses = 40;

/** The key to all pictures that a recipe makes, from the settings alone: also to what few of them show. */
export function galleryLegend(recipe: Recipe): LegendGroup[] {
  const { annotation, masks } = recipe;
  const plain = masks.filter(({ color }) => isPlainColor(color));
  return [
    ...(recipe.masksOnly ? [] : [channelGroup(recipe)]),
    ...(annotation ? [annotationGroup(annotation)] : []),
    ...masks.flatMap((mask) => classGroup(mask)),
    ...(plain.length > 0 ? [{ title: 'Masks', rows: plain.flatMap(maskRows) }] : []),
  ];
}

function channelGroup(recipe: Recipe): LegendGroup {
  const rows = recipe.channels.map(({ channel, contrastLimits: [low, high] }, i) => {
    const scope = typeof low === 'number' && typeof high === 'number' ? '' : ' of each FOV';
    const detail = `${limitText(low)} to ${limitText(high)}${scope}`;
    return { name: channel, swatch: shownColor(recipe, i), detail };
  });
  return { title: recipe.markerSet ?? 'Channels', rows };
}

function limitText(limit: Limit): string {
  return typeof limit === 'number' ? formatValue(limit) : `p${limit.percentile}`;
}

/** Which classes there are without a palette, only the data say. */
function annotationGroup({ name, names, colors = {}, background }: AnnotationLayer): LegendGroup {
  const classes = Object.entries(colors).filter(([id]) => background || id !== '0');
  const rows = classes.flatMap(([id, color]) => swatchRow(className(names, Number(id)), color));
  return { title: name, rows: rows.length > 0 ? shortened(rows) : [{ name: 'a colour for each class' }] };
}

function classGroup({ color }: MaskLayer): LegendGroup[] {
  if (isPlainColor(color)) return [];
  const rows = cellRows(color, { classes: new Set(Object.keys(color.colors ?? {})), others: true });
  return [{ title: color.column, rows: shortened(rows) }];
}

function maskRows({ name, mode, color, focalColor }: MaskLayer): LegendRow[] {
  if (!isPlainColor(color)) return [];
  const row = { name: `${name} ${mode === 'fill' ? 'filled' : 'outlined'}`, swatch: color };
  return focalColor ? [row, { name: 'the cell itself', swatch: focalColor }] : [row];
}

function shortened(rows: readonly LegendRow[]): LegendRow[] {
  if (rows.length <= mostClasses) return [...rows];
  return [...rows.slice(0, mostClasses), { name: `and ${rows.length - mostClasses} more` }];
}
