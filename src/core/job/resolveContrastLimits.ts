import type { Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { SampleArray } from '../model/image';
import { areAscending, type Limit } from '../model/limit';
import { isNumeric, type NumericLimits, type RecipeChannel } from '../model/recipe';
import { readPlane } from '../read/openImage';
import { findPercentiles, type ScanPlanes } from '../select/orderStatistics';

export interface ResolvedLimits {
  readonly limits: readonly NumericLimits[];
  /** Where a limit had to be other than asked, in words for the manifest. */
  readonly notes: readonly string[];
}

/**
 * Turns the channels' percentiles into intensities: over the finite pixels of all given FOVs together, so that the
 * pictures of a batch can be compared. Limits in numbers stay as they are.
 */
export async function resolveContrastLimits(
  channels: readonly Pick<RecipeChannel, 'channel' | 'contrastLimits'>[],
  fovs: readonly Fov[],
  signal?: AbortSignal,
): Promise<ResolvedLimits> {
  const limits: NumericLimits[] = [];
  const notes: string[] = [];
  for (const { channel, contrastLimits } of channels) {
    const scan: ScanPlanes = (visit) => scanChannel(fovs, channel, visit, signal);
    const resolved = await resolveLimits(channel, contrastLimits, scan);
    limits.push(resolved.limits);
    notes.push(...resolved.notes);
  }
  return { limits, notes };
}

/**
 * Turns percentiles into numbers by numpy's linear rule over finite values. Where the two limits coincide, the high one
 * becomes the maximum, and for constant values the low one plus 1. `ContrastLimitsInvalid` if high is below low.
 * @param what the channel or column, for messages
 */
export async function resolveLimits(
  what: string,
  asked: readonly [Limit, Limit],
  scan: ScanPlanes,
): Promise<{ limits: NumericLimits; notes: string[] }> {
  if (isNumeric(asked)) {
    if (areAscending(asked)) return { limits: asked, notes: [] };
    throw notAbove(what, asked[0], asked[1]);
  }
  const percents = asked.map((limit) => (typeof limit === 'number' ? 0 : limit.percentile));
  const found = await findPercentiles(scan, percents);
  const [low, high] = asked.map((limit, i) => (typeof limit === 'number' ? limit : (found?.percentiles[i] ?? i))) as [
    number,
    number,
  ];
  const notes = found ? [] : [`${what}: no finite value to find percentiles of, so the limits are 0 and 1`];
  if (high < low) throw notAbove(what, low, high);
  const max = found?.max ?? high;
  const adjusted = high > low ? high : max > low ? max : low + Math.max(1, Math.abs(low) * 2 ** -50); // 1 is lost beside 10¹⁷
  if (adjusted !== high) notes.push(`${what}: the contrast limits coincide at ${low}, so the high one is ${adjusted}`);
  return { limits: [low, adjusted], notes };
}

function notAbove(what: string, low: number, high: number): ExportError {
  return new ExportError(
    'ContrastLimitsInvalid',
    `Expected a high limit above the low one for ${what}, but they are ${high} and ${low}.`,
  );
}

/** A FOV whose channel is missing or damaged fails as an item of its own; it has no say in the limits of the others. */
async function scanChannel(
  fovs: readonly Fov[],
  channel: string,
  visit: (samples: SampleArray) => void,
  signal?: AbortSignal,
): Promise<void> {
  for (const fov of fovs) {
    signal?.throwIfAborted();
    const source = fov.channels.find((candidate) => candidate.name === channel.trim());
    if (!source) continue;
    try {
      visit((await readPlane(source, { ...(signal && { signal }) })).samples);
    } catch (error) {
      if (!isExportError(error)) throw error;
    }
  }
}
