import type { Fov } from '../model/dataset';
import { ExportError, isExportError } from '../model/exportError';
import type { SampleArray } from '../model/image';
import { areAscending, type Limit } from '../model/limit';
import { isNumeric, type NumericLimits, type RecipeChannel } from '../model/recipe';
import { scanSamples } from '../read/openImage';
import { findPercentiles, type ScanPlanes } from '../select/orderStatistics';

export interface ResolvedLimits {
  readonly limits: readonly NumericLimits[];
  /** Where a limit had to be other than asked, in words for the manifest. */
  readonly notes: readonly string[];
  /** Those of the notes that the user should know before the start. */
  readonly warnings: readonly string[];
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
  const warnings: string[] = [];
  for (const { channel, contrastLimits } of channels) {
    const scan: ScanPlanes = (visit) => scanChannel(fovs, channel, visit, signal);
    const resolved = await resolveLimits(channel, contrastLimits, scan);
    limits.push(resolved.limits);
    notes.push(...resolved.notes);
    warnings.push(...resolved.warnings);
  }
  return { limits, notes, warnings };
}

/**
 * Turns percentiles into numbers by numpy's linear rule over finite values. Where the two limits coincide, the high one
 * becomes the maximum, and for constant values the low one plus 1. `ContrastLimitsInvalid` if high is below low, or is a
 * number that low reaches.
 * @param what the channel or column, for messages
 * @param values what the numbers are of
 */
export async function resolveLimits(
  what: string,
  asked: readonly [Limit, Limit],
  scan: ScanPlanes,
  values: 'pixels' | 'values' = 'pixels',
): Promise<{ limits: NumericLimits; notes: string[]; warnings: string[] }> {
  if (isNumeric(asked)) {
    if (areAscending(asked)) return { limits: asked, notes: [], warnings: [] };
    throw notAbove(what, asked[0], asked[1]);
  }
  const percents = asked.map((limit) => (typeof limit === 'number' ? 0 : limit.percentile));
  const found = await findPercentiles(scan, percents);
  const [low, high] = asked.map((limit, i) => (typeof limit === 'number' ? limit : (found?.percentiles[i] ?? i))) as [
    number,
    number,
  ];
  const notes = found ? [] : [`${what}: no finite value to find percentiles of, so the limits are 0 and 1`];
  // What the user wrote as a number stays as it is.
  if (high < low || (high === low && typeof asked[1] === 'number')) throw notAbove(what, low, high);
  const max = found?.max ?? high;
  const adjusted = high > low ? high : max > low ? max : low + Math.max(1, Math.abs(low) * 2 ** -50); // 1 is lost beside 10¹⁷
  if (adjusted === high) return { limits: [low, high], notes, warnings: [] };
  const coincide = `${what}: the contrast limits coincide at ${low}, so the high one is ${adjusted}`;
  const percent = typeof asked[1] === 'number' ? 99 : asked[1].percentile;
  const advice = max > low ? await adviseAbove(low, percent, scan, values) : nothingAbove(low, values);
  const warnings = [`${coincide}${advice}`];
  return { limits: [low, adjusted], notes: [...notes, ...warnings], warnings };
}

const pieceLength = 65_536;

/** Of a channel that is mostly background, what would be seen of the rest: its own percentiles, which one can choose by. */
async function adviseAbove(low: number, percent: number, scan: ScanPlanes, values: string): Promise<string> {
  let count = 0;
  const piece = new Float64Array(pieceLength); // An image is not copied for it.
  const above: ScanPlanes = (visit) => {
    count = 0;
    return scan((samples) => {
      let length = 0;
      for (const value of samples) {
        if (!(value > low) || !Number.isFinite(value)) continue;
        piece[length++] = value;
        count++;
        if (length === pieceLength) visit(piece);
        length %= pieceLength;
      }
      visit(piece.subarray(0, length));
    });
  };
  const percents = [...new Set([50, 90, percent])].sort((a, b) => a - b);
  const found = await findPercentiles(above, percents);
  const texts = percents.map((each, i) => `p${each} is ${Number(found!.percentiles[i].toPrecision(4))}`);
  return `, the maximum; give it as a number, or as a higher percentile (of the ${count} ${values} above ${low}, ${texts.join(', ')})`;
}

function nothingAbove(low: number, values: 'pixels' | 'values'): string {
  return `; no ${values.slice(0, -1)} is above ${low}, so nothing of it is seen`;
}

function notAbove(what: string, low: number, high: number): ExportError {
  return new ExportError(
    'ContrastLimitsInvalid',
    `Expected a high limit above the low one for ${what}, but the low one is ${low} and the high one ${high}.`,
  );
}

/**
 * A FOV whose channel is missing or damaged, or has a strip larger than the memory that is allowed, fails as an item of
 * its own; it has no say in the limits of the others.
 */
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
      await scanSamples(source, visit, signal);
    } catch (error) {
      if (!isExportError(error)) throw error;
    }
  }
}
