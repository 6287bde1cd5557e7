import { mapEntry } from '../model/mapEntry';
import type { Contact, TileCell } from './seamContacts';

/**
 * Which cells that touch across seams are parts of one cell, and belong into one outline.
 *
 * Either the tiles were cut from one segmentation: then labels agree across seams, and equal ones are one cell. Or each
 * tile was segmented on its own: then labels mean nothing across seams, and two cells are one where each is the other's
 * longest contact along that seam (of equally long ones, that of the smaller label).
 *
 * Which of them it is, all contacts together say: labels agree if they are equal along at least half of the length. In tiles cut from
 * one segmentation only the borders between cells that cross a seam, a few pixels for each cell, are not equal; in
 * others only what is equal by chance. All together, because masks of a slide are made in one way, and a single seam
 * through sparse tissue may have no more than one contact.
 *
 * A cell that lies over the corner of several tiles is joined step by step, the longest contacts first. No join brings two
 * cells of one tile together: a segmentation has seen both and says that they are two, and the line between them stays.
 * @returns the cells of each joined one; cells that are not joined are not there
 */
export function joinCells(contacts: readonly Contact[]): (readonly TileCell[])[] {
  const joins = labelsAgree(contacts) ? contacts.filter(({ a, b }) => a.label === b.label) : longestContacts(contacts);
  const groupOf = new Map<number, Map<number, Group>>();
  const find = (cell: TileCell): Group =>
    mapEntry(
      mapEntry(groupOf, cell.tile, () => new Map<number, Group>()),
      cell.label,
      () => new Map([[cell.tile, cell]]),
    );
  for (const { a, b } of [...joins].sort(byLength)) {
    let [kept, gone] = [find(a), find(b)];
    if (kept === gone) continue;
    if (kept.size < gone.size) [kept, gone] = [gone, kept];
    if ([...gone.keys()].some((tile) => kept.has(tile))) continue;
    for (const [tile, cell] of gone) {
      kept.set(tile, cell);
      groupOf.get(tile)?.set(cell.label, kept);
    }
  }
  const groups = new Set([...groupOf.values()].flatMap((ofTile) => [...ofTile.values()]));
  return [...groups].filter(({ size }) => size > 1).map((group) => [...group.values()]);
}

/** Cells that are one, by their tiles, of which each has at most one of them. */
type Group = Map<number, TileCell>;

function labelsAgree(contacts: readonly Contact[]): boolean {
  let [equal, all] = [0, 0];
  for (const { a, b, lengthPx } of contacts) {
    all += lengthPx;
    if (a.label === b.label) equal += lengthPx;
  }
  return 2 * equal >= all;
}

/** Contacts of two cells of which each is the other's longest along the seam of their tiles. */
function longestContacts(contacts: readonly Contact[]): Contact[] {
  const best = { a: new Map<string, Contact>(), b: new Map<string, Contact>() };
  const keyOf = ({ a, b }: Contact, side: 'a' | 'b'): string =>
    side === 'a' ? `${a.tile} ${b.tile} ${a.label}` : `${a.tile} ${b.tile} ${b.label}`;
  for (const contact of contacts) {
    for (const [side, other] of [['a', 'b'] as const, ['b', 'a'] as const]) {
      const key = keyOf(contact, side);
      const before = best[side].get(key);
      const isLonger = !before || contact.lengthPx > before.lengthPx;
      const isTie = before?.lengthPx === contact.lengthPx && contact[other].label < before[other].label;
      if (isLonger || isTie) best[side].set(key, contact);
    }
  }
  return contacts.filter(
    (contact) => best.a.get(keyOf(contact, 'a')) === contact && best.b.get(keyOf(contact, 'b')) === contact,
  );
}

/** Longest first; the rest only so that the order is one, and does not depend on what a picture shows of the slide. */
function byLength(one: Contact, other: Contact): number {
  return (
    other.lengthPx - one.lengthPx ||
    one.a.tile - other.a.tile ||
    one.b.tile - other.b.tile ||
    one.a.label - other.a.label ||
    one.b.label - other.b.label
  );
}
