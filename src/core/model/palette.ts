import { z } from 'zod';
import { type HexColor, hexColorSchema, namedColorSchema } from './color';

/** Colours of the classes of a mask's cells or of an annotation, by the class's text or number. */
export interface Palette {
  readonly name: string;
  readonly kind: 'mask' | 'annotation';
  /** The cell-table column or the annotation that it was made for. */
  readonly madeFor?: string;
  readonly colors: Readonly<Record<string, HexColor>>;
  /** What the classes of an annotation are called. */
  readonly names?: Readonly<Record<string, string>>;
  /** For classes that have no colour of their own. */
  readonly otherColor?: HexColor;
}

/** Our palette files, and UELer's `*.maskcolors.json` and `*.pixelannotations.json`, by the parts that we use. */
export const paletteFileSchema = z
  .object({
    name: z.string().optional(),
    colors: z.record(z.string(), namedColorSchema),
    /** Ours and UELer's word for the same thing. */
    names: z.record(z.string(), z.string()).optional(),
    labels: z.record(z.string(), z.string()).optional(),
    otherColor: namedColorSchema.optional(),
    default_color: namedColorSchema.optional(),
    /** The cell-table column (`column` ours, `identifier` UELer's) or annotation that it was made for. */
    column: z.string().optional(),
    identifier: z.string().optional(),
    annotation: z.string().optional(),
  })
  .transform((file, context): Omit<Palette, 'name' | 'kind'> & { name?: string } => {
    if (Object.keys(file.colors).length === 0) context.addIssue({ code: 'custom', message: 'it names no colour' });
    const names = file.names ?? file.labels;
    const otherColor = file.otherColor ?? file.default_color;
    const madeFor = file.column ?? file.identifier ?? file.annotation;
    return {
      colors: file.colors,
      ...(file.name !== undefined && { name: file.name }),
      ...(names && { names }),
      ...(otherColor && { otherColor }),
      ...(madeFor !== undefined && madeFor !== '' && { madeFor }),
    };
  });

/** Class colours as a recipe holds them. */
export const classColorsSchema = z.record(z.string(), hexColorSchema);

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
