import path from 'node:path';
import * as z from 'zod';
import type { HexColor } from '../model/color';
import type { Problem, ViewerSettings } from '../model/dataset';
import { messageOf } from '../model/exportError';
import type { ChannelSetting, MarkerSet } from '../model/markerSet';
import { textRecord } from '../model/textRecord';
import { readJson } from './readJson';
import { parseUelerColor } from './uelerColor';

/** What we use of UELer's `widget_states.json`. */
export interface UelerState {
  readonly markerSets: readonly MarkerSet[];
  readonly pixelSizeUm?: number;
  readonly viewer: ViewerSettings;
}

/**
 * The file as a whole. Each part is looked at by itself, so that a stale or broken one costs nothing else: not the FOV
 * that `image_selector` names and that was deleted since, for which UELer itself does not open any more.
 */
const stateSchema = textRecord(z.unknown());

const markerSetSchema = z.object({
  selected_channels: z.array(z.string()).default([]),
  channel_settings: textRecord(z.unknown()).default({}),
});

const channelSchema = z.object({
  color: z.string().default('White'),
  contrast_min: z.number().nullish(),
  contrast_max: z.number().nullish(),
});

/** Reads UELer's state, which is never written. What cannot be used of it is a warning. */
export async function readUelerState(dataset: string, warnings: Problem[]): Promise<UelerState | undefined> {
  let state: Record<string, unknown> | undefined;
  try {
    state = await readJson(path.join(dataset, '.UELer', 'widget_states.json'), stateSchema);
  } catch (error) {
    warnings.push({ code: 'DatasetInvalid', message: messageOf(error) });
  }
  if (!state) return undefined;
  const viewer = readViewer(state);
  const pixelSizeUm = readPixelSize(state['pixel_size_inttext'], warnings);
  return {
    markerSets: readMarkerSets(state['marker_sets'], viewer, warnings),
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    viewer,
  };
}

function readMarkerSets(value: unknown, viewer: ViewerSettings, warnings: Problem[]): MarkerSet[] {
  if (value === undefined || value === null) return [];
  const all = stateSchema.safeParse(value).data;
  if (!all) {
    warnings.push({ code: 'MarkerSetNotFound', message: "UELer's marker sets are left out: they are no JSON object." });
    return [];
  }
  return Object.entries(all).flatMap(([name, content]) => {
    const set = readMarkerSet(name, content, viewer);
    if (typeof set !== 'string') return set;
    warnings.push({ code: 'MarkerSetNotFound', message: `UELer's marker set "${name}" is left out: ${set}.` });
    return [];
  });
}

/** A marker set, or what is wrong with it, as the end of a sentence. */
function readMarkerSet(name: string, content: unknown, viewer: ViewerSettings): MarkerSet | string {
  const set = markerSetSchema.safeParse(content).data;
  if (!set) return 'it is not as UELer writes one';
  if (name === '') return 'it has no name';
  if (set.selected_channels.length === 0) return 'it has no channels';
  const settings = new Map(Object.entries(set.channel_settings));
  const channels: ChannelSetting[] = [];
  for (const channel of set.selected_channels) {
    // As in UELer, a channel without settings of its own is as the viewer shows it.
    const setting = settings.has(channel)
      ? readChannel(channel, settings.get(channel))
      : (viewer.channels.get(channel) ?? 'has neither a colour nor contrast limits');
    if (typeof setting === 'string') return `channel "${channel}" ${setting}`;
    channels.push(setting);
  }
  return { name, channels };
}

function readChannel(channel: string, content: unknown): ChannelSetting | string {
  if (channel === '') return 'has no name';
  const setting = channelSchema.safeParse(content).data;
  if (!setting) return 'has no colour and contrast limits that can be used';
  const color = parseUelerColor(setting.color);
  if (!color) return `has the colour "${setting.color}", which is none that we know`;
  // UELer's own defaults for limits that were never set.
  const contrastLimits = [setting.contrast_min ?? 0, setting.contrast_max ?? 1] as const;
  if (contrastLimits[1] > contrastLimits[0]) return { channel, color, contrastLimits };
  return `has contrast limits ${contrastLimits.join(' and ')}, of which the second must be greater`;
}

/** UELer keeps whole nanometres. */
function readPixelSize(value: unknown, warnings: Problem[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value / 1000;
  warnings.push({
    code: 'DatasetInvalid',
    message: `UELer's pixel size is not used: expected a number of nanometres above 0, but found ${JSON.stringify(value).slice(0, 60)}.`,
  });
  return undefined;
}

/** How UELer's viewer showed channels and masks last; what cannot be used of it is left out. */
function readViewer(state: Readonly<Record<string, unknown>>): ViewerSettings {
  const part = (key: string): Map<string, unknown> =>
    new Map(Object.entries(stateSchema.safeParse(state[key]).data ?? {}));
  const [low, high] = [part('contrast_min_controls'), part('contrast_max_controls')];
  const channels = new Map<string, ChannelSetting>();
  const colorOf = (value: unknown): HexColor | undefined =>
    typeof value === 'string' ? parseUelerColor(value) : undefined;
  for (const [channel, value] of part('color_controls')) {
    const color = colorOf(value);
    const [min, max] = [low.get(channel), high.get(channel)];
    if (color && typeof min === 'number' && typeof max === 'number' && max > min)
      channels.set(channel, { channel, color, contrastLimits: [min, max] });
  }
  const maskColors = new Map<string, HexColor>();
  for (const [mask, value] of part('mask_color_controls')) {
    const color = colorOf(value);
    if (color) maskColors.set(mask, color);
  }
  return { channels, maskColors };
}
