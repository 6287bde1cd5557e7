import { ExportError, type RunLimits } from '../core/index';
import { type Flag, type ParsedFlags, requireInteger, requireNumber } from './flags';

const group = 'How it runs';

/** What everything obeys that decodes images: jobs, what is looked at before them, and previews. */
export const memoryFlag: Flag = {
  name: 'memory',
  value: 'SIZE',
  group,
  help: 'memory of all processes together, such as 2GiB or 800MB; fewer work at once, and what does not fit fails',
  default: '60 % of what there is',
};

/** The flags that say what a job may take of the machine; no pixel depends on them. */
export const limitFlags: readonly Flag[] = [
  { name: 'jobs', value: 'N', group, help: 'worker processes at once', default: 'one for each processor' },
  memoryFlag,
  {
    name: 'retries',
    value: 'N',
    group,
    help: 'new tries, with pauses, of an item that failed because a disk or network was away',
    default: '2',
  },
  { name: 'rate', value: 'N/s', group, help: 'items begun per second, at most', default: 'as fast as it goes' },
  {
    name: 'item-timeout',
    value: 'TIME',
    group,
    help: 'an item whose process says nothing for so long, such as 90s or 30min, fails: its disk does not answer',
    default: '10min',
  },
];

/** What the flags say. `Usage` for what is no number, size or rate. */
export function readLimits(flags: ParsedFlags): RunLimits {
  const jobs = flags.text('jobs');
  const memory = flags.text('memory');
  const retries = flags.text('retries');
  const rate = flags.text('rate');
  const itemTimeout = flags.text('item-timeout');
  return {
    ...(jobs !== undefined && { jobs: requireInteger(jobs, '--jobs', { min: 1, max: 256 }) }),
    ...(memory !== undefined && { memoryBytes: parseMemory(memory) }),
    ...(retries !== undefined && { retries: requireInteger(retries, '--retries', { min: 0, max: 20 }) }),
    ...(rate !== undefined && {
      itemsPerSecond: requireNumber(rate.replace(/\/s$/, ''), '--rate', 'items per second', {
        min: 0,
        max: 1e6,
        isOpen: true,
      }),
    }),
    ...(itemTimeout !== undefined && { itemTimeoutMs: parseTimeout(itemTimeout) }),
  };
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, min: 60_000 };
const longestTimeoutMs = 24 * 3_600_000;

function parseTimeout(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(s|min)$/i.exec(text.trim()) ?? [];
  const timeoutMs = Number(number) * (unitMs[unit?.toLowerCase() ?? ''] ?? Number.NaN);
  if (timeoutMs >= 1_000 && timeoutMs <= longestTimeoutMs) return timeoutMs;
  throw new ExportError(
    'Usage',
    `Expected a time from 1s to 1440min for --item-timeout, such as 90s or 30min, but found "${text}".`,
  );
}

const unitBytes: Readonly<Record<string, number>> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/** Below this not even the processes themselves fit. */
const leastBytes = 256 * 2 ** 20;

function parseMemory(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([KMGT]i?B)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (unitBytes[unit?.toUpperCase() ?? ''] ?? Number.NaN));
  if (bytes >= leastBytes) return bytes;
  throw new ExportError(
    'Usage',
    `Expected a size of at least 256MiB for --memory, such as 2GiB or 800MB, but found "${text}".`,
  );
}
