import { listNames } from '../model/listNames';
import { itemNouns } from '../model/mode';
import type { Plan } from '../model/plan';
import type { Preflight } from '../model/preflight';
import { countAtBorder } from '../plan/borderNotes';
import type { JobEstimate } from './estimateJob';

/** From this share on, bright pixels that all look alike are worth a word. */
const worthSaying = 0.01;

/** Says in words what a job would do and cost. */
export function describePreflight(plan: Plan, estimate: JobEstimate): Preflight {
  const { items, recipe } = plan;
  const { bytes, seconds, peakMemoryMiB, triedItems, workers, freeBytes, clipped } = estimate;
  let [failing, skipped, files] = [0, 0, 0];
  for (const item of items) {
    if (item.error) failing++;
    if (item.skip !== undefined) skipped++;
    files += item.files.length;
  }
  const noun = itemNouns[recipe.mode];
  const skipping = skipped > 0 ? ` and ${skipped} be skipped` : '';
  const cost = `about ${inMB(bytes)}, ${formatSeconds(Math.ceil(seconds))}, ${peakMemoryMiB} MiB of memory`;
  const bright = clipped.filter(({ share }) => share >= worthSaying);
  const border = countAtBorder(items);
  const atBorder = [
    [border.padded, 'black beyond the image'],
    [border.moved, 'moved into the image'],
    [border.skipped, 'skipped'],
  ] as const;
  return {
    sentence: `${count(files, 'file')} of ${count(items.length, noun)} planned, ${count(failing, noun)} would fail${skipping}; ${cost} with ${count(workers, 'worker')} (from ${count(triedItems, 'trial')}).`,
    remarks: [
      ...(recipe.overwrite === 'changed'
        ? ['What would come out as it is there stays; these are the counts and costs of making all of it.']
        : []),
      ...(freeBytes !== undefined && bytes > freeBytes
        ? [`Expected room for about ${inMB(bytes)} in ${plan.outputFolder}, but ${inMB(freeBytes)} are free.`]
        : []),
      ...(bright.length > 0
        ? [
            `Brighter than the upper limit, so that they look alike: ${listNames(bright.map(({ channel, share }) => `${(100 * share).toFixed(1)} % of the pixels of ${channel}`))}.`,
          ]
        : []),
      ...atBorder.flatMap(([found, what]) => (found > 0 ? [`${count(found, noun)} at the border: ${what}.`] : [])),
    ],
  };
}

/** A size in words. */
export function inMB(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** A time in words. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
