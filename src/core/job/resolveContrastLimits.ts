import type { HexColor } from '../model/color';
import type { Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { ChannelSetting } from '../model/markerSet';
import { readPlane } from '../read/readTiff';
import { findPercentiles } from '../select/orderStatistics';

/** A contrast limit in image units, or as a percentile (0…100) of the selected FOVs' pixels. */
export type LimitRequest = number | { readonly percentile: number };

export interface ChannelRequest {
  readonly channel: string;
  readonly color: HexColor;
  readonly limits: readonly [LimitRequest, LimitRequest];
}

export interface ResolvedChannels {
  readonly channels: readonly ChannelSetting[];
  /** Where a limit had to be other than asked, in words for the manifest. */
  readonly notes: readonly string[];
}

/**
 * Turns percentiles into intensities: numpy's linear rule over the finite pixels of all given FOVs together, so that the
 * pictures of a batch can be compared. Where the two limits coincide, the high one becomes the maximum, and for a
 * constant channel the low one plus 1. `ContrastLimitsInvalid` if two numbers were given and high is not above low.
 */
export async function resolveContrastLimits(
  requests: readonly ChannelRequest[],
  fovs: readonly Fov[],
  signal?: AbortSignal,
): Promise<ResolvedChannels> {
  const channels: ChannelSetting[] = [];
  const notes: string[] = [];
  for (const { channel, color, limits } of requests) {
    const [low, high] = limits;
    if (typeof low === 'number' && typeof high === 'number') {
      if (!(high > low)) {
        throw new ExportError(
          'ContrastLimitsInvalid',
          `Expected a high contrast limit above the low one for channel ${channel}, but found ${low} and ${high}.`,
        );
      }
      channels.push({ channel, color, contrastLimits: [low, high] });
      continue;
    }
    const percents = limits.map((limit) => (typeof limit === 'number' ? 0 : limit.percentile));
    const found = await findPercentiles((visit) => scanChannel(fovs, channel, visit, signal), percents);
    const [lowValue, highValue] = limits.map((limit, i) =>
      typeof limit === 'number' ? limit : (found?.percentiles[i] ?? i),
    ) as [number, number];
    if (!found) notes.push(`${channel}: no finite pixel to find percentiles of, so the contrast limits are 0 and 1`);
    if (highValue < lowValue) {
      throw new ExportError(
        'ContrastLimitsInvalid',
        `Expected a high contrast limit above the low one for channel ${channel}, but over the chosen FOVs they are ${highValue} and ${lowValue}.`,
      );
    }
    const max = found?.max ?? highValue;
    const adjusted = highValue > lowValue ? highValue : max > lowValue ? max : lowValue + 1;
    if (adjusted !== highValue) {
      notes.push(`${channel}: the contrast limits coincide at ${lowValue}, so the high one is ${adjusted}`);
    }
    channels.push({ channel, color, contrastLimits: [lowValue, adjusted] });
  }
  return { channels, notes };
}

/** A FOV whose channel is missing or damaged fails as an item of its own; it has no say in the limits of the others. */
async function scanChannel(
  fovs: readonly Fov[],
  channel: string,
  visit: (samples: Awaited<ReturnType<typeof readPlane>>['samples']) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const fov of fovs) {
    signal?.throwIfAborted();
    const source = fov.channels.find((candidate) => candidate.name === channel);
    if (!source) continue;
    try {
      visit((await readPlane(source.file)).samples);
    } catch (error) {
      if (!isExportError(error)) throw error;
    }
  }
}
