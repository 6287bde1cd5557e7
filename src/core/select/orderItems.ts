/** What an item is ordered by; `undefined` where its value is missing. */
export type OrderKey = number | string | undefined;

/**
 * Positions of items in ascending order of their keys: the first key first, the next where it is equal. Numbers by size,
 * texts by their characters' code points, missing values last, and what is equal in all keys as it was given.
 * @param keys of each item, as many for one as for the other; of one key all are numbers, or all are texts
 */
export function orderItems(keys: readonly (readonly OrderKey[])[]): number[] {
  // The sort of arrays is stable.
  return keys.map((_, i) => i).sort((a, b) => compareKeys(keys[a], keys[b]));
}

function compareKeys(a: readonly OrderKey[], b: readonly OrderKey[]): number {
  for (const [i, value] of a.entries()) {
    const difference = compareValues(value, b[i]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareValues(a: OrderKey, b: OrderKey): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(String(a), String(b));
}

/** Unlike `<`, which compares halves of characters beyond U+FFFF. */
function compareTexts(a: string, b: string): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a.codePointAt(i)! - b.codePointAt(i)!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
