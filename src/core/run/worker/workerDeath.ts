import { ExportError, type ExportErrorCode, tooManyOpenFiles } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import type { JournalLine } from '../../model/journalLine';
import type { PlannedItem } from '../../model/plan';
import { sourcesOf } from '../../job/listSources';

/** Why workers end before they have begun. */
export function describeStillborn(how: string, hungForMs: number | undefined): ExportError {
  // What starts a process says its code in words only.
  const [code] = /\bE[MN]FILE\b/.exec(how) ?? [];
  if (code !== undefined) return tooManyOpenFiles(Object.assign(new Error(how), { code }));
  const found =
    hungForMs === undefined
      ? `they end at once, with ${how}: most likely there is too little memory; fewer at a time may do`
      : `they said nothing for ${inWords(hungForMs)}`;
  return new ExportError('Internal', `Expected to start processes that make pictures, but ${found}.`);
}

/** How an item ends that is to blame for the end of its worker. */
export function failedBy(how: string, hungForMs: number | undefined, item: PlannedItem): JournalLine {
  const made = `Expected to make ${item.id} from ${listNames([...new Set(sourcesOf(item))])}`;
  const failed = (code: ExportErrorCode, message: string): JournalLine => ({
    item: item.id,
    outcome: 'failed',
    error: { code, message },
  });
  return hungForMs === undefined
    ? failed(
        'Internal',
        `${made}, but the process that was at it ended with ${how}: a file may be damaged so that an image library crashes, or memory ran out.`,
      )
    : failed(
        'Timeout',
        `${made} within ${inWords(hungForMs)}, but the process that was at it said nothing for so long: a disk may not answer, or the item needs more time.`,
      );
}

/** A limit as users give it: in minutes, where it is whole ones. */
function inWords(timeMs: number): string {
  return timeMs % 60_000 === 0 ? `${timeMs / 60_000} min` : `${timeMs / 1000} s`;
}
