import * as z from 'zod';
import { type ClassColor, classColorSchema, type HexColor, namedColorSchema } from './color';
import type { ColorMapName } from './colorMap';
import type { Limit } from './limit';
import { textRecord } from './textRecord';

const alphaSchema = z.number().min(0).max(1);

/** How the cells of a mask are drawn: some classes filled, and borders of all of them. */
export const paletteStyleSchema = z.strictObject({
  /** Filled classes by their opacity, 0 to 1; without `classes`, all cells. */
  fills: z.array(z.strictObject({ alpha: alphaSchema, classes: z.array(z.string()).optional() })),
  /** In the colours of the classes, in that of the mask, or in one for all; absent: cells have no borders. */
  border: z
    .strictObject({ alpha: alphaSchema, color: z.union([z.enum(['classes', 'mask']), namedColorSchema]) })
    .optional(),
});

export type PaletteStyle = Readonly<z.output<typeof paletteStyleSchema>>;

/** Colours of the classes of a mask's cells or of an annotation, or of the numbers of a mask's cells. */
export interface Palette {
  readonly name: string;
  readonly kind: 'mask' | 'annotation';
  /** The cell-table column or the annotation that it was made for. */
  readonly madeFor?: string;
  /** By the class's text or number; empty where `continuous` says the colours. */
  readonly colors: Readonly<Record<string, ClassColor>>;
  /** For the numbers of a column, in place of classes. */
  readonly continuous?: ContinuousColors;
  /** What the classes of an annotation are called. */
  readonly names?: Readonly<Record<string, string>>;
  /** For classes that have no colour of their own. */
  readonly otherColor?: ClassColor;
  /** How a mask is drawn in these colours, where nobody else says it. */
  readonly style?: PaletteStyle;
}

/** Colours along a map. */
export interface ContinuousColors {
  readonly colorMap: ColorMapName;
  /** In the column's units; absent: its least and greatest value. */
  readonly range?: readonly [Limit, Limit];
  /** Values and range go through `arcsinh(v / cofactor)` first. */
  readonly arcsinhCofactor?: number;
}

/** What a palette says of cells that are coloured by a column: colours of classes, or a map for numbers. */
export function paletteColors({
  colors,
  continuous,
  otherColor = defaultOtherColor,
}: Palette): Partial<ContinuousColors> & { readonly colors?: Palette['colors']; readonly otherColor: ClassColor } {
  return { ...(continuous ?? { colors }), otherColor };
}

/** Class colours as a recipe holds them. */
export const classColorsSchema = textRecord(classColorSchema);

/** The colour of cells or classes that a palette says nothing of, and of cells without a value. */
export const defaultOtherColor: HexColor = '#a0a0a0';

/**
 * Colours for classes that were given none, in the order of the classes. Told apart also with the common
 * colour-vision deficiencies: the first seven are Okabe and Ito's (2008) without black, the others lie between them in
 * lightness.
 */
const classColors: readonly HexColor[] = [
  '#e69f00',
  '#56b4e9',
  '#009e73',
  '#f0e442',
  '#0072b2',
  '#d55e00',
  '#cc79a7',
  '#88ccee',
  '#ddcc77',
  '#aa4499',
  '#44aa99',
  '#882255',
];

/** So many classes have colours that are easily told apart. */
export const distinctClassColors = classColors.length;

/** The automatic colour of the n-th class, from 0; different ones for the first thousand. */
export function classColor(n: number): HexColor {
  if (n < classColors.length) return classColors[n];
  // Hues a golden angle apart, and lightness in turns: different from each other for a thousand turns.
  const turn = n - classColors.length;
  return fromHsl((turn * 137.508) % 360, 0.75, [0.45, 0.65, 0.3][turn % 3]);
}

/** Hue in degrees, saturation and lightness 0…1 (CSS Color Module 4, section 7.1). */
function fromHsl(hue: number, saturation: number, lightness: number): HexColor {
  const channel = (offset: number): string => {
    const k = (offset + hue / 30) % 12;
    const part = lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(part * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
