import * as z from 'zod';
import { type HexColor, namedColorSchema, parseColor } from '../model/color';
import { type ColorMapName, colorMapNames } from '../model/colorMap';
import { listNames } from '../model/listNames';
import type { ContinuousColors, Palette } from '../model/palette';

/** How UELer draws the cells of a mask colour set, as far as it is the same for all of them. */
export interface UelerMaskStyle {
  /** 0…1; absent: cells are not filled. */
  readonly fillAlpha?: number;
  /** Absent: cells have no border. */
  readonly border?: { readonly alpha: number; readonly color: 'classes' | 'mask' | HexColor };
}

/** A palette of UELer's, and what of it a palette of ours does not say. */
export interface UelerPalette {
  readonly palette: Omit<Palette, 'name' | 'kind'> & { readonly name?: string };
  /** Of mask colour sets. */
  readonly style: UelerMaskStyle;
  /** Ends of sentences about what is not taken over. */
  readonly remarks: readonly string[];
}

/** Keys that UELer writes and we do not. */
const uelerKeys = ['identifier', 'default_color', 'class_order', 'color_mode', 'labels', 'class_ids', 'saved_at'];

/** Whether JSON is a palette file of UELer's. */
export function isUelerPalette(value: object): boolean {
  return uelerKeys.some((key) => Object.hasOwn(value, key));
}

const percentSchema = z.number().catch(Number.NaN);

/** UELer's `*.pixelannotations.json` and `*.maskcolors.json`, by the parts that we use. */
export const uelerPaletteSchema = z.object({
  name: z.string().min(1).optional(),
  identifier: z.string().nullish(),
  annotation: z.string().nullish(),
  colors: z.record(z.string(), namedColorSchema).default({}),
  labels: z.record(z.string(), z.string()).nullish(),
  default_color: namedColorSchema.nullish(),
  class_order: z.array(z.string()).catch([]).default([]),
  active_classes: z.array(z.string()).optional().catch(undefined),
  modes: z.record(z.string(), z.unknown()).catch({}).default({}),
  visible: z.record(z.string(), z.unknown()).catch({}).default({}),
  opacities: z.record(z.string(), percentSchema).catch({}).default({}),
  show_borders: z.boolean().catch(true).default(true),
  border_opacity: percentSchema.default(100),
  border_color_mode: z.string().catch('').default('mask_type_color'),
  border_custom_color: z.string().catch('').default('#ffffff'),
  color_mode: z.string().catch('').default('categorical'),
  continuous: z
    .object({
      column: z.string().min(1, { message: 'it names no column' }),
      colormap: z.string().default('viridis'),
      vmin: z.number().nullish(),
      vmax: z.number().nullish(),
      arcsinh: z.boolean().default(false),
      cofactor: z.number().nullish(),
      auto_range: z.boolean().default(true),
      opacity: percentSchema.default(100),
      fill: z.boolean().default(true),
    })
    .optional()
    .catch(undefined),
});

type UelerFile = z.output<typeof uelerPaletteSchema>;

/**
 * What a palette file of UELer's says.
 * @throws Error with a sentence if we cannot show what it means
 */
export function fromUelerPalette(file: UelerFile): UelerPalette {
  return file.color_mode === 'continuous' ? fromContinuous(file) : fromClasses(file);
}

function fromClasses(file: UelerFile): UelerPalette {
  const { colors, class_order: order, active_classes: active = order, labels } = file;
  if (Object.keys(colors).length === 0) throw new Error('it names no colour');
  const madeFor = file.identifier ?? file.annotation;
  const known = active.filter((name) => Object.hasOwn(colors, name));
  const shown = known.filter((name) => file.visible[name] !== false);
  const remarks: string[] = [];
  const hidden = known.filter((name) => file.visible[name] === false);
  if (hidden.length > 0) remarks.push(`hides ${listNames(hidden)}; here every class of the column is drawn`);
  const passive = Object.keys(colors).filter((name) => order.includes(name) && !active.includes(name));
  if (passive.length > 0)
    remarks.push(`gives ${listNames(passive)}, which are not active, its default colour; here they have their own`);
  const filled = shown.filter((name) => file.modes[name] === 'fill');
  if (filled.length > 0 && filled.length < shown.length)
    remarks.push(`fills ${listNames(filled)} and outlines other classes; here a mask is filled or outlined`);
  const alphas = new Set(filled.map((name) => toAlpha(file.opacities[name], 35)));
  if (alphas.size > 1) remarks.push('has an opacity for each class; here a mask has one');
  const isFilled = filled.length > 0 && filled.length === shown.length;
  return {
    palette: {
      ...(file.name !== undefined && { name: file.name }),
      ...(madeFor && { madeFor }),
      colors,
      ...(labels && { names: labels }),
      ...(file.default_color && { otherColor: file.default_color }),
    },
    style: { ...(isFilled && { fillAlpha: [...alphas][0] }), ...borderOf(file) },
    remarks,
  };
}

/** Numbers along a colour map: never as classes, of which every number would be one. */
function fromContinuous(file: UelerFile): UelerPalette {
  const { continuous } = file;
  if (!continuous) throw new Error('it is for numbers, and says neither of which column nor in what colours');
  const colorMap = colorMapOf(continuous.colormap);
  const cofactor =
    continuous.cofactor !== undefined && continuous.cofactor !== null && continuous.cofactor > 0
      ? continuous.cofactor
      : 1;
  const { arcsinh } = continuous;
  // UELer's range is that of the transformed values, ours that of the column's.
  const toColumn = (value: number): number => (arcsinh ? Number((cofactor * Math.sinh(value)).toPrecision(12)) : value);
  const low = continuous.vmin ?? 0;
  const high = continuous.vmax ?? 1;
  // UELer widens a range without a width by one, and finds an automatic one by percentiles.
  const fixed = [toColumn(low), toColumn(high > low ? high : low + 1)] as const;
  const range: ContinuousColors['range'] = continuous.auto_range ? [{ percentile: 1 }, { percentile: 99 }] : fixed;
  if (!continuous.auto_range && !(fixed[1] > fixed[0] && Number.isFinite(fixed[1] - fixed[0])))
    throw new Error(`its range, ${low} to ${high}, cannot be used`);
  return {
    palette: {
      ...(file.name !== undefined && { name: file.name }),
      madeFor: continuous.column,
      colors: {},
      continuous: { colorMap, range, ...(arcsinh && { arcsinhCofactor: cofactor }) },
      ...(file.default_color && { otherColor: file.default_color }),
    },
    style: {
      ...(continuous.fill && { fillAlpha: toAlpha(continuous.opacity, 100) }),
      ...borderOf(file),
    },
    remarks: continuous.auto_range
      ? ['finds the range of its colours over the whole column; here it is found over the chosen FOVs']
      : [],
  };
}

/** matplotlib writes `Greys`, we `greys`. */
function colorMapOf(name: string): ColorMapName {
  const map = colorMapNames.find((known) => known === name.toLowerCase());
  if (map) return map;
  throw new Error(`its colour map is ${name}, and there are ${colorMapNames.join(', ')}`);
}

function borderOf(file: UelerFile): Pick<UelerMaskStyle, 'border'> {
  if (!file.show_borders) return {};
  const custom = parseColor(file.border_custom_color) ?? '#ffffff';
  const color =
    file.border_color_mode === 'same_as_fill' ? 'classes' : file.border_color_mode === 'custom' ? custom : 'mask';
  return { border: { alpha: toAlpha(file.border_opacity, 100), color } };
}

function toAlpha(percent: number | undefined, fallback: number): number {
  const value = percent === undefined || Number.isNaN(percent) ? fallback : percent;
  return Math.min(Math.max(value, 0), 100) / 100;
}
