import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Problem } from '../model/dataset';
import { messageOf } from '../model/exportError';
import type { MarkerSet } from '../model/markerSet';
import { defaultLegend } from '../model/marks';
import type { PaletteStyle } from '../model/palette';
import { paletteLayers } from '../model/paletteLayers';
import { type Format, type MaskLayer, parseRecipe, type Recipe } from '../model/recipe';
import { readJson } from '../store/readJson';
import type { StoredPalette } from '../store/readSavedPalettes';
import { uelerColorSchema } from '../store/uelerColor';

/** One of UELer's export configs as a recipe. */
export interface ExportConfig {
  readonly name: string;
  readonly recipe: Recipe;
  /** What of it is not taken over, in sentences. */
  readonly remarks: readonly string[];
}

/** What a config names. */
export interface Known {
  readonly markerSets: readonly MarkerSet[];
  readonly palettes: readonly StoredPalette[];
}

const ending = '.export_config.json';

const formatNames: Readonly<Record<string, Format>> = {
  png: 'png',
  jpg: 'jpeg',
  jpeg: 'jpeg',
  tif: 'tiff',
  tiff: 'tiff',
  pdf: 'pdf',
};

/** What UELer writes; a key that is missing is as UELer starts with it. */
const configSchema = z.object({
  name: z.string().min(1).optional(),
  file_format: z.string().default('png'),
  downsample: z.int().min(1).max(1024).default(1),
  dpi: z.int().min(1).max(10_000).default(300),
  include_scale_bar: z.boolean().default(false),
  scale_bar_ratio: z.number().gt(0).max(100).default(10),
  include_annotations: z.boolean().default(false),
  include_masks: z.boolean().default(false),
  masks_only: z.boolean().default(false),
  mask_outline_thickness: z.int().min(1).max(100).default(1),
  mask_palette_enabled: z.boolean().default(false),
  mask_palette_name: z.string().nullish(),
  mask_layer: z.string().nullish(),
  mask_color: uelerColorSchema.default('#ffffff'),
  mask_alpha: z.number().min(0).max(1).default(1),
  separate_channels: z.boolean().default(false),
  merge_same_color: z.boolean().default(false),
  marker_set: z.string().nullish(),
});

type Config = z.output<typeof configSchema>;

/**
 * UELer's export configs as recipes of mode `fovs`; UELer keeps neither mode nor selection. Found by listing their folder
 * and not by its index, which may be stale. One that cannot be used as it was meant is left out with a warning.
 */
export async function readExportConfigs(dataset: string, known: Known, warnings: Problem[]): Promise<ExportConfig[]> {
  const folder = path.join(dataset, '.UELer', 'export_configs');
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(ending)).sort();
  const configs: ExportConfig[] = [];
  for (const file of names) {
    let name = file.slice(0, -ending.length);
    try {
      const config = await readJson(path.join(folder, file), configSchema);
      if (!config) continue;
      name = config.name ?? name;
      const remarks: string[] = [];
      configs.push({ name, recipe: toRecipe(config, known, remarks), remarks });
    } catch (error) {
      warnings.push({
        code: 'RecipeInvalid',
        message: `UELer's export config "${name}" is left out: ${messageOf(error)}`,
      });
    }
  }
  return configs;
}

/** @throws Error with a sentence if the pictures would be other ones */
function toRecipe(config: Config, { markerSets, palettes }: Known, remarks: string[]): Recipe {
  const format = new Map(Object.entries(formatNames)).get(config.file_format.toLowerCase());
  if (!format) throw new Error(`its file format is "${config.file_format}".`);
  const set = markerSets.find(({ name }) => name === config.marker_set);
  if (!set && !config.masks_only) {
    const found = config.marker_set ? `its marker set "${config.marker_set}" is not there.` : 'it names no marker set.';
    throw new Error(found);
  }
  const masks = config.include_masks ? maskLayers(config, palettes, remarks) : [];
  if (config.masks_only && masks.length === 0) throw new Error('it is for masks only, and names no mask.');
  if (config.include_annotations) {
    remarks.push(
      'It includes the annotation that UELer shows, without naming it; add an "annotation" if there is one.',
    );
  }
  const separate = config.separate_channels ? (config.merge_same_color ? 'colors' : 'channels') : 'off';
  if (config.masks_only && separate !== 'off')
    remarks.push('It asks for separate channels and for masks only; there are no channels to separate.');
  return parseRecipe({
    version: 1,
    mode: 'fovs',
    fovs: [],
    ...(set && !config.masks_only && { markerSet: set.name }),
    channels: config.masks_only ? [] : set!.channels,
    contrastScope: 'batch',
    masks,
    masksOnly: config.masks_only,
    separate: config.masks_only ? 'off' : separate,
    grayscale: false,
    downsample: config.downsample,
    resample: 'mean',
    scaleBar: {
      length: config.include_scale_bar ? 'auto' : 'off',
      maxPercent: config.scale_bar_ratio,
      color: 'auto',
      place: 'bottom-right',
    },
    legend: defaultLegend,
    marginColor: 'black',
    formats: [format],
    dpi: config.dpi,
    overwrite: 'never',
  });
}

/** Of palettes that say nothing of fills and borders. */
const outlined: PaletteStyle = { fills: [], border: { alpha: 1, color: 'classes' } };

/** In UELer's order: fills below, outlines above. */
function maskLayers(config: Config, palettes: readonly StoredPalette[], remarks: string[]): MaskLayer[] {
  const { mask_layer: name, mask_color: color, mask_alpha: alpha, mask_outline_thickness: widthPx } = config;
  if (!name) {
    remarks.push('It includes masks, without naming one; add a mask if there is one.');
    return [];
  }
  const outline = { name, mode: 'outline' as const, color, alpha, widthPx };
  if (!config.mask_palette_enabled) return [outline];
  const wanted = config.mask_palette_name;
  if (!wanted) {
    remarks.push("It colours masks by UELer's mask painter as it is at the moment; here they have its plain colour.");
    return [outline];
  }
  const stored = palettes.find(({ palette }) => palette.kind === 'mask' && palette.name === wanted);
  if (!stored) throw new Error(`its mask colour set "${wanted}" is not there, or cannot be used.`);
  const { palette } = stored;
  if (palette.madeFor === undefined) throw new Error(`its mask colour set "${wanted}" names no column.`);
  remarks.push(...stored.remarks.map((remark) => `Its mask colour set "${wanted}" ${remark}.`));
  const { style = outlined } = palette;
  // Without fills the class colours would be nowhere.
  const isLost = style.border && style.border.color !== 'classes' && style.fills.length === 0;
  if (isLost) remarks.push(`Its mask colour set "${wanted}" has borders of one colour; here they have the class's.`);
  const border = style.border && { ...style.border, ...(isLost && { color: 'classes' as const }) };
  const layers = paletteLayers(outline, palette.madeFor, palette, { fills: style.fills, ...(border && { border }) });
  if (layers.length === 0) throw new Error(`its mask colour set "${wanted}" draws neither fills nor borders.`);
  return layers;
}
