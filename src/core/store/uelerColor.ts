import cssColors from 'color-name';
import * as z from 'zod';
import { type HexColor, parseColor } from '../model/color';

/** matplotlib's cycle, `C0` … `C9`, under the names that it has there after `tab:` (Tableau 10). */
const tableau: Readonly<Record<string, HexColor>> = {
  blue: '#1f77b4',
  orange: '#ff7f0e',
  green: '#2ca02c',
  red: '#d62728',
  purple: '#9467bd',
  brown: '#8c564b',
  pink: '#e377c2',
  gray: '#7f7f7f',
  olive: '#bcbd22',
  cyan: '#17becf',
};

/** matplotlib's one-letter colours, which are not those of CSS. */
const letters: Readonly<Record<string, HexColor>> = {
  b: '#0000ff',
  g: '#008000',
  r: '#ff0000',
  c: '#00bfbf',
  m: '#bf00bf',
  y: '#bfbf00',
  k: '#000000',
  w: '#ffffff',
};

/**
 * A colour as UELer understands it: one of the names of its menus, which are ours, else what matplotlib's `to_rgb` takes:
 * `#rgb`, `#rrggbb` (an opacity after it is not used), `0.5` (grey), `C0`, `tab:blue`, one letter, or a name of CSS.
 */
export function parseUelerColor(text: string): HexColor | undefined {
  const lower = text.trim().toLowerCase();
  const own = parseColor(lower);
  if (own) return own;
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])[0-9a-f]?$/.exec(lower);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`;
  const long = /^(#[0-9a-f]{6})[0-9a-f]{2}$/.exec(lower)?.[1];
  if (long !== undefined) return long as HexColor;
  if (/^(?:0?\.\d+|[01](?:\.0*)?)$/.test(lower))
    return fromRgb([lower, lower, lower].map((part) => 255 * Number(part)));
  const turn = /^c(\d+)$/.exec(lower)?.[1];
  if (turn !== undefined) return Object.values(tableau)[Number(turn) % 10];
  const named = lower.replace('grey', 'gray');
  if (named.startsWith('tab:')) return fromTable(tableau, named.slice(4));
  if (fromTable(letters, named)) return fromTable(letters, named);
  const ours = parseColor(named);
  if (ours) return ours;
  return Object.hasOwn(cssColors, named) ? fromRgb(cssColors[named as keyof typeof cssColors]) : undefined;
}

function fromTable(table: Readonly<Record<string, HexColor>>, name: string): HexColor | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function fromRgb(parts: readonly number[]): HexColor {
  return `#${parts.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** A colour in one of UELer's files. */
export const uelerColorSchema = z.string().transform((text, context): HexColor => {
  const color = parseUelerColor(text);
  if (color) return color;
  context.addIssue({ code: 'custom', message: `"${text}" is no colour that we know` });
  return z.NEVER;
});
