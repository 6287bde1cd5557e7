import { type ChannelRequest, ExportError, type LimitRequest, requireColor } from '../core/index';

/**
 * Reads `NAME=COLOR:LOW:HIGH` from the right, because names may hold `=` and `:` themselves. `LOW` and `HIGH` are
 * intensities in image units, or percentiles such as `p99.8`.
 */
export function parseChannel(text: string): ChannelRequest {
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
  return {
    channel,
    color: requireColor(rest.slice(equals + 1), `channel ${channel}`),
    limits: [parseLimit(low, channel), parseLimit(high, channel)],
  };
}

function parseLimit(text: string, channel: string): LimitRequest {
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (percentile !== undefined && Number(percentile) <= 100) return { percentile: Number(percentile) };
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  throw new ExportError(
    'Usage',
    `Expected a number or a percentile such as p99.8 as contrast limit of channel ${channel}, but found "${text}".`,
  );
}
