import { type ClassColor, colorName, drawnColor, type HexColor } from '../model/color';
import { sampleColorMap } from '../model/colorMap';
import type { FigureText } from '../model/figure';
import { type ColorBy, isNumeric, isPlainColor, type NumericLimits, type Recipe } from '../model/recipe';
import { areasOf, type RoiShape } from '../model/roi';
import { fillTokens, type TokenName } from '../model/tokens';
import { formatLength } from './chooseScaleBar';
import { cutText, mostOfName, mostOfText } from './cutText';
import type { Decoration, LegendRow } from './markBlocks';

/** What a figure is about. */
export interface FigureFacts {
  readonly fov: string;
  /** Of the cell that it is about. */
  readonly label?: number;
  /** The ROI that it is about; its name may be empty. */
  readonly roi?: { readonly id: string; readonly name: string; readonly shape?: RoiShape };
  /** Of the item in the job, from 1. */
  readonly index: number;
  /** Positions in the recipe's channels of those that are drawn. */
  readonly shown: readonly number[];
  /** For each of the recipe's channels. */
  readonly contrastLimits: readonly NumericLimits[];
  readonly widthPx: number;
  readonly pixelSizeUm?: number;
  readonly downsample: number;
  /** The bar, if there is one. */
  readonly barUm?: number;
  /** The annotation's classes that are painted in this picture, with their colours. */
  readonly annotationClasses: readonly { readonly id: number; readonly color: HexColor }[];
  /** For each mask that is coloured by a column, the classes that occur in this picture, and whether there are others. */
  readonly cellClasses: readonly (SeenCells | undefined)[];
}

/** What of a mask's cells occurs in a picture. */
export interface SeenCells {
  /** By their names in the palette. */
  readonly classes: ReadonlySet<string>;
  /** Cells without a class or value of their own. */
  readonly others: boolean;
}

/** What is written on the figure, before it is laid out. */
export function decorationsOf(recipe: Recipe, facts: FigureFacts, text: FigureText): Decoration[] {
  const { scaleBar, legend, title, caption } = recipe;
  const decorations: Decoration[] = [];
  const { barUm, pixelSizeUm } = facts;
  if (barUm !== undefined && pixelSizeUm !== undefined) {
    const lengthPx = barUm / (pixelSizeUm * facts.downsample);
    const { place, color } = scaleBar;
    decorations.push({ name: 'scale-bar', place, color, label: formatLength(barUm), lengthPx, lengthUm: barUm });
  }
  const channels = withCutNames(channelRows(recipe, facts));
  if (channels.length > 0) decorations.push({ name: 'channel-legend', place: legend.channelsPlace, rows: channels });
  const classes = legend.classes ? withCutNames(classRows(recipe, facts)) : [];
  if (classes.length > 0) decorations.push({ name: 'class-legend', place: legend.classesPlace, rows: classes });
  if (!title && !caption) return decorations;
  const tokens = new Map(Object.entries(tokenValues(recipe, facts, text)));
  for (const [name, settings] of [
    ['title', title],
    ['caption', caption],
  ] as const) {
    const filled = settings && fillTokens(settings.text, tokens);
    if (settings && filled?.trim())
      decorations.push({ name, place: settings.place, text: cutText(filled, mostOfText) });
  }
  return decorations;
}

function withCutNames(rows: readonly LegendRow[]): LegendRow[] {
  return rows.map((row) => ({ ...row, name: cutText(row.name, mostOfName) }));
}

function tokenValues(recipe: Recipe, facts: FigureFacts, text: FigureText): Record<TokenName, string> {
  const { fov, index, barUm, pixelSizeUm, downsample, widthPx } = facts;
  return {
    fov,
    label: facts.label === undefined ? '' : String(facts.label),
    roi: facts.roi ? facts.roi.name || facts.roi.id : '',
    roi_id: facts.roi?.id ?? '',
    channel: shownChannels(recipe, facts).join(', '),
    marker_set: recipe.markerSet ?? '',
    index: String(index),
    scale_bar: barUm === undefined ? '' : formatLength(barUm),
    pixel_size: pixelSizeUm === undefined ? '' : formatLength(pixelSizeUm),
    width: pixelSizeUm === undefined ? '' : formatLength(Number((widthPx * downsample * pixelSizeUm).toPrecision(4))),
    description: text.caption,
  };
}

function shownChannels(recipe: Recipe, { shown }: FigureFacts): string[] {
  return shown.map((i) => recipe.channels[i].channel);
}

/** The colour of the i-th channel. */
export function shownColor(recipe: Recipe, i: number): HexColor {
  return recipe.grayscale ? '#ffffff' : recipe.channels[i].color;
}

function channelRows(recipe: Recipe, { shown, contrastLimits }: FigureFacts): LegendRow[] {
  const { channels } = recipe.legend;
  if (channels === 'off') return [];
  return shown.map((i): LegendRow => {
    const color = shownColor(recipe, i);
    const row = { name: recipe.channels[i].channel, swatch: color };
    if (channels === 'names') return row;
    const [low, high] = contrastLimits[i].map(formatValue);
    return { ...row, ramp: { colors: ['#000000', color], low, high } };
  });
}

/** Four digits: what a reader compares, without the noise of a percentile. */
export function formatValue(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function classRows(recipe: Recipe, facts: FigureFacts): LegendRow[] {
  const rows: LegendRow[] = [];
  if (recipe.annotation && facts.annotationClasses.length > 0) {
    const { name, names } = recipe.annotation;
    rows.push(
      { name },
      ...facts.annotationClasses.map(({ id, color }) => ({ name: className(names, id), swatch: color })),
    );
  }
  const told = new Set<string>();
  for (const [i, { color }] of recipe.masks.entries()) {
    const seen = facts.cellClasses[i];
    if (isPlainColor(color) || !seen) continue;
    const cells = cellRows(color, seen);
    // A mask may be filled and outlined in the same colours.
    const key = JSON.stringify([color.column, cells]);
    if (cells.length > 0 && !told.has(key)) rows.push({ name: color.column }, ...cells);
    told.add(key);
  }
  return rows;
}

/** What a class of an annotation is called. */
export function className(names: Readonly<Record<string, string>> | undefined, id: number): string {
  return names?.[String(id)] ?? `class ${id}`;
}

/** The row of a class; none for one that is not drawn. */
export function swatchRow(name: string, color: ClassColor): LegendRow[] {
  const swatch = drawnColor(color);
  return swatch ? [{ name, swatch }] : [];
}

/** The key to cells that are coloured by a column. */
export function cellRows(by: ColorBy, { classes, others }: SeenCells): LegendRow[] {
  const { colorMap, range, colors = {}, otherColor, arcsinhCofactor } = by;
  const other = others ? swatchRow(colorMap ? 'no value' : 'other', otherColor) : [];
  if (colorMap && range && isNumeric(range)) {
    const [low, high] = range.map(formatValue);
    const name = arcsinhCofactor === undefined ? colorMap : `arcsinh(v/${arcsinhCofactor})`;
    return [{ name, ramp: { colors: sampleColorMap(colorMap, 33), low, high } }, ...other];
  }
  const named = Object.entries(colors).filter(([name]) => classes.has(name));
  return [...named.flatMap(([name, color]) => swatchRow(name, color)), ...other];
}

/** The figure in words, from the settings and what was found in the data alone. */
export function describeFigure(recipe: Recipe, facts: FigureFacts): FigureText {
  const subject = subjectOf(facts);
  const { kind, seen, sizes, limited, besides, channels } = commonWords(recipe, facts);
  return {
    title: [subject, channels].filter(Boolean).join(': '),
    alt: `${kind} of ${subject}, ${seen}.${sizes}`,
    caption: `${[limited === '' ? subject : `${subject}: ${limited}`, ...besides].join('; ')}.`,
  };
}

/** What is said of a figure besides which item it shows. */
interface CommonWords {
  readonly kind: string;
  readonly seen: string;
  /** Sentences, each with a blank before it. */
  readonly sizes: string;
  readonly limited: string;
  readonly besides: readonly string[];
  readonly channels: string;
}

/** The words of the last figure of a recipe: thousands of crops differ in nothing but which cell they show. */
const lastWords = new WeakMap<Recipe, { readonly key: string; readonly words: CommonWords }>();

function commonWords(recipe: Recipe, facts: FigureFacts): CommonWords {
  const { shown, contrastLimits, pixelSizeUm, downsample, widthPx, barUm } = facts;
  const shape = describeShape(recipe, facts);
  const key = JSON.stringify([shown, contrastLimits, pixelSizeUm, downsample, widthPx, barUm, shape]);
  const last = lastWords.get(recipe);
  if (last?.key === key) return last.words;
  const words = findCommonWords(recipe, facts, shape);
  lastWords.set(recipe, { key, words });
  return words;
}

function findCommonWords(recipe: Recipe, facts: FigureFacts, shape: readonly string[]): CommonWords {
  const { shown, contrastLimits, pixelSizeUm, downsample, widthPx, barUm } = facts;
  const colored = shown.map((i) => `${recipe.channels[i].channel} in ${colorName(shownColor(recipe, i))}`);
  const limited = shown.map((i) => {
    const [low, high] = contrastLimits[i].map(formatValue);
    return `${recipe.channels[i].channel} (${colorName(shownColor(recipe, i))}, ${low} to ${high})`;
  });
  const overlays = [...describeOverlays(recipe), ...shape];
  const umWide = pixelSizeUm === undefined ? undefined : Number((widthPx * downsample * pixelSizeUm).toPrecision(4));
  const seen = [...(colored.length > 0 ? [`showing ${sentenceList(colored)}`] : []), ...withPrefix('with ', overlays)];
  const sizes = [
    umWide === undefined ? '' : ` The picture is ${formatLength(umWide)} wide.`,
    barUm === undefined ? '' : ` A scale bar marks ${formatLength(barUm)}.`,
  ];
  return {
    kind: colored.length > 0 ? 'Multiplexed image' : 'Segmentation',
    seen: seen.join(', '),
    sizes: sizes.join(''),
    limited: limited.length > 0 ? `${limited.join(', ')}; intensities shown from black to full colour` : '',
    besides: [
      ...(overlays.length > 0 ? [sentenceList(overlays)] : []),
      ...(barUm === undefined ? [] : [`scale bar, ${formatLength(barUm)}`]),
    ],
    channels: shownChannels(recipe, facts).join(', '),
  };
}

function subjectOf({ fov, label, roi }: FigureFacts): string {
  if (roi) return `${fov}, region ${roi.name || roi.id}`;
  return label === undefined ? fov : `${fov}, cell ${label}`;
}

function withPrefix(prefix: string, texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [prefix + sentenceList(texts)];
}

function describeOverlays({ annotation, masks }: Recipe): string[] {
  const ways = { outline: 'outlined', fill: 'filled' } as const;
  return [
    ...(annotation ? [`annotation ${annotation.name}`] : []),
    ...masks.map(({ name, mode, color }) => {
      const how = isPlainColor(color) ? `in ${colorName(color)}` : `by ${color.column}`;
      return `${name} ${ways[mode]} ${how}`;
    }),
  ];
}

/** What is done with the shape of a ROI. */
function describeShape({ rois }: Recipe, { roi }: FigureFacts): string[] {
  if (!rois || !roi?.shape) return [];
  const isCut = rois.cutShape && areasOf(roi.shape).length > 0;
  return [
    ...(isCut ? ['all outside of the region black'] : []),
    ...(rois.drawShape ? [`the line of the region in ${colorName(rois.drawShape.color)}`] : []),
  ];
}

/** `a`, `a and b`, `a, b and c`. */
function sentenceList(parts: readonly string[]): string {
  const last = parts.at(-1) ?? '';
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`;
}
