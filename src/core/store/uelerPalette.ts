import * as z from 'zod';
import { noColor } from '../model/color';
import { type ColorMapName, colorMapNames } from '../model/colorMap';
import { mapEntry } from '../model/mapEntry';
import type { ContinuousColors, Palette, PaletteStyle } from '../model/palette';
import { textRecord } from '../model/textRecord';
import { parseUelerColor, uelerColorSchema } from './uelerColor';

/** A palette of UELer's, and what of it a palette of ours does not say. */
export interface UelerPalette {
  readonly palette: Omit<Palette, 'name' | 'kind'> & { readonly name?: string };
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
  colors: textRecord(uelerColorSchema).default({}),
  labels: textRecord(z.string()).nullish(),
  default_color: uelerColorSchema.nullish(),
  class_order: z.array(z.string()).catch([]).default([]),
  active_classes: z.array(z.string()).optional().catch(undefined),
  modes: textRecord(z.unknown()).catch({}).default({}),
  visible: textRecord(z.unknown()).catch({}).default({}),
  opacities: textRecord(percentSchema).catch({}).default({}),
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
  const { colors, labels } = file;
  const order = new Set(file.class_order);
  const active = file.active_classes ? new Set(file.active_classes) : order;
  if (Object.keys(colors).length === 0) throw new Error('it names no colour');
  const madeFor = file.identifier ?? file.annotation;
  // Classes that are not active have the default colour, as those that it does not name; hidden ones have none.
  const shown = Object.keys(colors).filter((name) => active.has(name) || !order.has(name));
  const isHidden = (name: string): boolean => ownValue(file.visible, name) === false;
  return {
    palette: {
      ...(file.name !== undefined && { name: file.name }),
      ...(madeFor && { madeFor }),
      colors: Object.fromEntries(shown.map((name) => [name, isHidden(name) ? noColor : colors[name]])),
      ...(labels && { names: labels }),
      ...(file.default_color && { otherColor: file.default_color }),
      ...(file.identifier && {
        style: {
          fills: fillsOf(
            file,
            shown.filter((name) => !isHidden(name)),
          ),
          ...borderOf(file),
        },
      }),
    },
    remarks: [],
  };
}

/** The classes that are filled, by their opacity. */
function fillsOf(file: UelerFile, shown: readonly string[]): PaletteStyle['fills'] {
  const byAlpha = new Map<number, string[]>();
  for (const name of shown) {
    if (ownValue(file.modes, name) !== 'fill') continue;
    mapEntry(byAlpha, toAlpha(ownValue(file.opacities, name), 35), () => []).push(name);
  }
  return [...byAlpha].map(([alpha, classes]) => ({ alpha, ...(classes.length < shown.length && { classes }) }));
}

/** What a file says of a class, which may be called `constructor`. */
function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
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
      style: { fills: continuous.fill ? [{ alpha: toAlpha(continuous.opacity, 100) }] : [], ...borderOf(file) },
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

function borderOf(file: UelerFile): Pick<PaletteStyle, 'border'> {
  if (!file.show_borders) return {};
  const custom = parseUelerColor(file.border_custom_color) ?? '#ffffff';
  const color =
    file.border_color_mode === 'same_as_fill' ? 'classes' : file.border_color_mode === 'custom' ? custom : 'mask';
  return { border: { alpha: toAlpha(file.border_opacity, 100), color } };
}

function toAlpha(percent: number | undefined, fallback: number): number {
  const value = percent === undefined || Number.isNaN(percent) ? fallback : percent;
  return Math.min(Math.max(value, 0), 100) / 100;
}
