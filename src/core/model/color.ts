import * as z from 'zod';
import { ExportError } from './exportError';

/** `#rrggbb`, lower case. */
export type HexColor = `#${string}`;

/** Red, green, blue as fractions 0…1 of full sRGB. */
export type RgbFractions = readonly [number, number, number];

/** The names that marker sets use; `green` is full green, as in microscopy software and unlike CSS. */
export const namedColors = {
  red: '#ff0000',
  green: '#00ff00',
  blue: '#0000ff',
  yellow: '#ffff00',
  cyan: '#00ffff',
  magenta: '#ff00ff',
  orange: '#ffa500',
  purple: '#800080',
  brown: '#a52a2a',
  pink: '#ffc0cb',
  gray: '#808080',
  white: '#ffffff',
  black: '#000000',
} as const satisfies Record<string, HexColor>;

const hexPattern = /^#[0-9a-f]{6}$/;

/** Reads `#rrggbb` or a name of `namedColors`, in any letter case; `undefined` if it is neither. */
export function parseColor(text: string): HexColor | undefined {
  const lower = text.trim().toLowerCase();
  if (hexPattern.test(lower)) return lower as HexColor;
  return Object.entries(namedColors).find(([name]) => name === lower)?.[1];
}

/** Like `parseColor`, but a colour that cannot be read is a `Usage` error that names `what` it was for. */
export function requireColor(text: string, what: string): HexColor {
  const color = parseColor(text);
  if (color) return color;
  throw new ExportError(
    'Usage',
    `Expected a colour for ${what}, #rrggbb or one of ${Object.keys(namedColors).join(', ')}, but found "${text}".`,
  );
}

/** `#rrggbb` as fractions of full sRGB. */
export function toRgbFractions(color: HexColor): RgbFractions {
  const part = (at: number): number => Number.parseInt(color.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

/** A colour as recipes hold it: `#rrggbb` in lower case. */
export const hexColorSchema = z.custom<HexColor>((value) => typeof value === 'string' && parseColor(value) === value, {
  message: 'must be a colour #rrggbb in lower case',
});

/** A colour as people write it into a file: `#rrggbb` or a name. */
export const namedColorSchema = z.string().transform((text, context): HexColor => {
  const color = parseColor(text);
  if (color) return color;
  context.addIssue({ code: 'custom', message: `"${text}" is not a colour (#rrggbb or a name such as red)` });
  return z.NEVER;
});

/** In place of the colour of a class: what is of it is not drawn. */
export const noColor = 'none';

/** The colour of a class, or `none`. */
export type ClassColor = HexColor | typeof noColor;

/** A class's colour as recipes hold it. */
export const classColorSchema = z.union([hexColorSchema, z.literal(noColor)]);

/** A class's colour as people write it into a file. */
export const namedClassColorSchema = z.union([z.literal(noColor), namedColorSchema]);

/** The colour that is drawn, if one is. */
export function drawnColor(color: ClassColor): HexColor | undefined {
  return color === noColor ? undefined : color;
}

/** A colour in words, if it has a name here. */
export function colorName(color: HexColor): string {
  return Object.entries(namedColors).find(([, hex]) => hex === color)?.[0] ?? color;
}
