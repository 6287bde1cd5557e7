import { areAscending, ExportError, type Limit, parseLimitText, type RecipeChannel, requireColor } from '../core/index';

/**
 * Reads `NAME=COLOR:LOW:HIGH` from the right, because names may hold `=` and `:` themselves. `LOW` and `HIGH` are
 * intensities in image units, or percentiles such as `p99.8`.
 */
export function parseChannel(text: string): RecipeChannel {
  const parts = text.split(':');
  const [high, low] = [parts.pop(), parts.pop()];
  const rest = parts.join(':');
  const equals = rest.lastIndexOf('=');
  if (high === undefined || low === undefined || equals < 1) {
    throw new ExportError(
      'Usage',
      `Expected --channel NAME=COLOR:LOW:HIGH, such as DNA=blue:0:500 or CD3=#ff0000:p1:p99.8, but found "${text}".`,
    );
  }
  const channel = rest.slice(0, equals);
  const what = `channel ${channel}`;
  return {
    channel,
    color: requireColor(rest.slice(equals + 1), what),
    contrastLimits: requireAscending(parseLimit(low, what), parseLimit(high, what), what),
  };
}

/** Two limits in order, as far as that can be said before the data are read. */
export function requireAscending(low: Limit, high: Limit, what: string): RecipeChannel['contrastLimits'] {
  if (areAscending([low, high])) return [low, high];
  const [lowText, highText] = [low, high].map((limit) => (typeof limit === 'number' ? limit : `p${limit.percentile}`));
  throw new ExportError(
    'ContrastLimitsInvalid',
    `Expected a high limit above the low one for ${what}, but found ${lowText} and ${highText}.`,
  );
}

/** A number in image or column units, or a percentile such as `p99.8`. */
export function parseLimit(text: string, what: string): Limit {
  const limit = parseLimitText(text);
  if (limit !== undefined) return limit;
  throw new ExportError(
    'Usage',
    `Expected a number or a percentile such as p99.8 as a limit of ${what}, but found "${text}".`,
  );
}
