import type { PlannedItem } from '../model/plan';

/** An item with one more thing that the manifest says of it. */
export function withNote(item: PlannedItem, note: string): PlannedItem {
  return { ...item, note: item.note === undefined ? note : `${item.note}; ${note}` };
}
