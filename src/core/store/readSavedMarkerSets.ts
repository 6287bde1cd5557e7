import path from 'node:path';
import { z } from 'zod';
import type { Problem, SavedMarkerSet } from '../model/dataset';
import { parseColor } from '../model/color';
import { ExportError, messageOf } from '../model/exportError';
import type { PixelSize } from '../model/image';
import { markerSetFileSchema, type ChannelSetting } from '../model/markerSet';
import { readJson } from './readJson';

interface SavedState {
  readonly markerSets: readonly SavedMarkerSet[];
  readonly pixelSize?: PixelSize;
  readonly warnings: readonly Problem[];
}

/** `DATASET/.batch-export/dataset.json`: what the user knows about a dataset that its files do not say. */
const datasetSettingsSchema = z.strictObject({ version: z.literal(1), pixelSizeUm: z.number().positive().optional() });

/** The parts that we use of UELer's `widget_states.json`; every part may be missing or stale. */
const uelerStateSchema = z.object({
  marker_sets: z
    .record(
      z.string(),
      z.object({
        selected_channels: z.array(z.string()).default([]),
        channel_settings: z
          .record(
            z.string(),
            z.object({
              color: z.string().default('White'),
              contrast_min: z.number().nullish(),
              contrast_max: z.number().nullish(),
            }),
          )
          .default({}),
      }),
    )
    .default({}),
  pixel_size_inttext: z.number().positive().nullish(),
});

/**
 * Marker sets and the pixel size saved with a dataset: ours in `.batch-export`, then UELer's in `.UELer`, which is never
 * written. Of two sets with one name the first counts. State that cannot be read is a warning; a file that the user
 * named (`markerSetFile`) must be right, else `DatasetInvalid`.
 */
export async function readSavedMarkerSets(dataset: string, markerSetFile?: string): Promise<SavedState> {
  const warnings: Problem[] = [];
  const own = markerSetFile
    ? await readMarkerSetFile(markerSetFile, 'file')
    : await tolerant(warnings, () =>
        readMarkerSetFile(path.join(dataset, '.batch-export', 'marker-sets.json'), 'project'),
      );
  const settings = await tolerant(warnings, () =>
    readJson(path.join(dataset, '.batch-export', 'dataset.json'), datasetSettingsSchema),
  );
  const ueler = await tolerant(warnings, () =>
    readJson(path.join(dataset, '.UELer', 'widget_states.json'), uelerStateSchema),
  );

  const markerSets = [...(own ?? [])];
  // A file that the user named stands in place of all saved sets.
  for (const set of ueler && !markerSetFile ? fromUeler(ueler, warnings) : []) {
    if (!markerSets.some((other) => other.name === set.name)) markerSets.push(set);
  }
  const pixelSize: PixelSize | undefined = settings?.pixelSizeUm
    ? { um: settings.pixelSizeUm, origin: 'dataset' }
    : ueler?.pixel_size_inttext
      ? { um: ueler.pixel_size_inttext / 1000, origin: 'ueler' } // UELer keeps whole nanometres.
      : undefined;
  return { markerSets, ...(pixelSize && { pixelSize }), warnings };
}

async function readMarkerSetFile(
  file: string,
  origin: SavedMarkerSet['origin'],
): Promise<SavedMarkerSet[] | undefined> {
  const content = await readJson(file, markerSetFileSchema);
  if (!content && origin === 'file')
    throw new ExportError('DatasetInvalid', `Expected marker sets in ${file}, but there is no such file.`);
  const names = content?.markerSets.map((set) => set.name) ?? [];
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined)
    throw new ExportError(
      'DatasetInvalid',
      `Expected marker sets of different names in ${file}, but found two called "${twice}".`,
    );
  return content?.markerSets.map((set) => ({ ...set, origin }));
}

function fromUeler(state: z.output<typeof uelerStateSchema>, warnings: Problem[]): SavedMarkerSet[] {
  const sets: SavedMarkerSet[] = [];
  for (const [name, set] of Object.entries(state.marker_sets)) {
    const channels: ChannelSetting[] = [];
    for (const channel of set.selected_channels) {
      const setting = set.channel_settings[channel];
      const color = parseColor(setting?.color ?? '');
      // UELer's own defaults for limits that were never set.
      const contrastLimits = [setting?.contrast_min ?? 0, setting?.contrast_max ?? 1] as const;
      if (color && contrastLimits[1] > contrastLimits[0]) channels.push({ channel, color, contrastLimits });
    }
    if (channels.length === set.selected_channels.length && channels.length > 0)
      sets.push({ name, channels, origin: 'ueler' });
    else {
      warnings.push({
        code: 'MarkerSetNotFound',
        message: `UELer's marker set "${name}" is left out: not every channel of it has a colour and contrast limits that can be used.`,
      });
    }
  }
  return sets;
}

async function tolerant<T>(warnings: Problem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    warnings.push({ code: 'DatasetInvalid', message: messageOf(error) });
    return undefined;
  }
}
