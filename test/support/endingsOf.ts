import type { Endings } from '../../src/core/model/endings';
import type { ItemList } from '../../src/core/model/itemList';
import type { JournalLine } from '../../src/core/model/journalLine';

/** Whole lines as the endings of a record, for those that ask a line for more than its outcome. */
export function endingsOf(items: ItemList, journal: readonly JournalLine[]): Endings {
  const lines = journal.filter((line) => items.placeOf(line.item) !== undefined);
  return {
    length: lines.length,
    at: (i) => lines[i],
    placeAt: (i) => items.placeOf(lines[i].item)!,
    outcomeAt: (i) => lines[i].outcome,
    filesAt(i) {
      const line = lines[i];
      return 'files' in line ? line.files.length : 0;
    },
    [Symbol.iterator]: () => lines[Symbol.iterator](),
  };
}
