import { hashOfText } from './findRepeats';
import type { Region } from './image';
import type { PlannedItem } from './plannedItem';

/**
 * Planned items in their order, of which there may be a million: about a hundred bytes for a cell. What items have in common,
 * those of a FOV nearly everything, is kept once, the rest as text. An item is made anew each time it is asked for, so that
 * two of them are the same by their ids alone.
 */
export class ItemList implements Iterable<PlannedItem> {
  /** Places by ids, found when they are first asked for. */
  private ids: Int32Array | undefined;

  /** @param places of the items in the store; absent: all, as they lie there */
  private constructor(
    private readonly store: PackedItems,
    private readonly places?: Uint32Array,
  ) {}

  static from(items: Iterable<PlannedItem>): ItemList {
    if (items instanceof ItemList) return items;
    return new ItemList(new Packer(items).packed);
  }

  /** For items that come bit by bit. */
  static async gather(find: (add: (item: PlannedItem) => void) => Promise<void>): Promise<ItemList> {
    const packer = new Packer();
    await find((item) => {
      packer.add(item);
    });
    return new ItemList(packer.packed);
  }

  get length(): number {
    return this.places?.length ?? this.store.lines.length;
  }

  /** @param i from 0; `RangeError` beyond the last one */
  at(i: number): PlannedItem {
    const place = this.inStore(i);
    return toItem(this.store.kinds[this.store.kindNumbers[place]], this.store.lines[place]);
  }

  /** As an array is written. */
  toJSON(): PlannedItem[] {
    return [...this];
  }

  *[Symbol.iterator](): Generator<PlannedItem> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  *entries(): Generator<[place: number, item: PlannedItem]> {
    for (let i = 0; i < this.length; i++) yield [i, this.at(i)];
  }

  /**
   * One item of each kind, in the order of the first ones. Items of a kind differ in what is an item's own (`ownKeys`) alone, and
   * not in whether they have it: for whoever asks about nothing else, of a million items.
   */
  kinds(): PlannedItem[] {
    const found = new Map<number, number>();
    for (let i = 0; i < this.length; i++) {
      const kind = this.store.kindNumbers[this.inStore(i)];
      if (!found.has(kind)) found.set(kind, i);
    }
    return Array.from(found.values(), (i) => this.at(i));
  }

  /** Where the item of an id is; of several, which no sound plan has, the first. */
  placeOf(id: string): number | undefined {
    const table = (this.ids ??= this.tableOfIds());
    for (let slot = slotOf(id, table); table[slot] > 0; slot = (slot + 1) & (table.length - 1)) {
      const place = table[slot] - 1;
      if (this.at(place).id === id) return place;
    }
    return undefined;
  }

  /** The items that pass, on the same store. */
  filter(passes: (item: PlannedItem) => unknown): ItemList {
    const places: number[] = [];
    for (let i = 0; i < this.length; i++) if (passes(this.at(i))) places.push(i);
    return places.length === this.length ? this : this.pick(places);
  }

  /** Items from one place up to another, or to the end, on the same store. */
  slice(from: number, to = this.length): ItemList {
    const end = Math.min(to, this.length);
    return this.pick(Array.from({ length: Math.max(0, end - from) }, (_, i) => from + i));
  }

  /** The items at these places, in this order, on the same store. `RangeError` for a place beyond the last one. */
  pick(places: ArrayLike<number>): ItemList {
    return new ItemList(
      this.store,
      Uint32Array.from(places, (place) => this.inStore(place)),
    );
  }

  /** A list of what becomes of each item; this very one where all of them stay. */
  changeEach(change: (item: PlannedItem, i: number) => PlannedItem): ItemList {
    let packer: Packer | undefined;
    for (let i = 0; i < this.length; i++) {
      const item = this.at(i);
      const changed = change(item, i);
      if (changed === item && !packer) continue;
      packer ??= new Packer(this.slice(0, i));
      packer.add(changed);
    }
    return packer ? new ItemList(packer.packed) : this;
  }

  some(passes: (item: PlannedItem) => unknown): boolean {
    return this.find(passes) !== undefined;
  }

  find(passes: (item: PlannedItem) => unknown): PlannedItem | undefined {
    for (const item of this) if (passes(item)) return item;
    return undefined;
  }

  private inStore(place: number): number {
    if (Number.isInteger(place) && place >= 0 && place < this.length) return this.places ? this.places[place] : place;
    throw new RangeError(`expected the place of an item below ${this.length}, but found ${place}`);
  }

  /** Open addressing: each id at the first free slot from its own on; one more than its place, so that none is 0. */
  private tableOfIds(): Int32Array {
    const table = new Int32Array(2 ** Math.ceil(Math.log2(2 * this.length + 1)));
    for (let i = 0; i < this.length; i++) {
      let slot = slotOf(this.at(i).id, table);
      while (table[slot] > 0) slot = (slot + 1) & (table.length - 1);
      table[slot] = i + 1;
    }
    return table;
  }
}

function slotOf(id: string, table: Int32Array): number {
  return hashOfText(id) & (table.length - 1);
}

type Key = keyof PlannedItem;

/** What is an item's own. The rest it has in common with others, those of its FOV above all. */
const ownKeys: ReadonlySet<Key> = new Set<Key>([
  ...(['id', 'label', 'roi', 'shape', 'files', 'region', 'keepClear', 'index', 'galleryPlace'] as const),
  ...(['heldBytes', 'note', 'skip', 'error'] as const),
]);

/** What items of one kind have in common. */
interface Kind {
  /** One of them. What is its own means nothing here, but how many files it has and of which formats. */
  readonly pattern: PlannedItem;
  /** All that it says, in its order. */
  readonly keys: readonly Key[];
  /** What of it is each item's own. */
  readonly own: readonly Key[];
}

/** Items, each as the number of its kind and its own values as a JSON array. */
interface PackedItems {
  readonly kinds: readonly Kind[];
  readonly kindNumbers: Uint32Array;
  readonly lines: readonly string[];
}

/** Packs items; what it knows of the objects that they share is forgotten with it. */
class Packer {
  private readonly kinds: Kind[] = [];
  private readonly kindNumbers: number[] = [];
  private readonly lines: string[] = [];
  private lastKind = 0;
  /** Numbers of kinds by what their items say alike. */
  private readonly knownKinds = new Map<string, number>();
  /** Numbers of objects by their texts, and by themselves. */
  private readonly textNumbers = new Map<string, number>();
  private readonly objectNumbers = new WeakMap<object, number>();

  constructor(items: Iterable<PlannedItem> = []) {
    for (const item of items) this.add(item);
  }

  add(item: PlannedItem): void {
    const number = this.numberOfKind(item);
    this.kindNumbers.push(number);
    this.lines.push(JSON.stringify(ownValues(item, this.kinds[number])));
  }

  /** All that were added, copied: an array that has grown keeps room for half as many more. */
  get packed(): PackedItems {
    return { kinds: this.kinds, kindNumbers: Uint32Array.from(this.kindNumbers), lines: this.lines.slice() };
  }

  private numberOfKind(item: PlannedItem): number {
    // Neighbours mostly have the very same objects in common.
    if (this.kinds.length > 0 && isLike(item, this.kinds[this.lastKind])) return this.lastKind;
    const kind = kindOf(item);
    const key = this.keyOf(kind);
    this.lastKind = this.knownKinds.get(key) ?? this.kinds.push(kind) - 1;
    this.knownKinds.set(key, this.lastKind);
    return this.lastKind;
  }

  /** Equal for all that items of a kind say alike. */
  private keyOf({ pattern, keys }: Kind): string {
    const alike = keys.map((key) => (ownKeys.has(key) ? key : `${key}=${this.nameOf(pattern[key])}`));
    const files = pattern.files.map(({ format, channels }) => `${format}=${this.nameOf(channels)}`);
    return [...alike, ...files].join();
  }

  /** Equal for equal values; of an object that was here before, without a look at what is in it. */
  private nameOf(value: unknown): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
    let number = this.objectNumbers.get(value);
    if (number === undefined) {
      const text = JSON.stringify(value);
      number = this.textNumbers.get(text) ?? this.textNumbers.size;
      this.textNumbers.set(text, number);
      this.objectNumbers.set(value, number);
    }
    return `#${number}`;
  }
}

function kindOf(item: PlannedItem): Kind {
  const said = Object.entries(item).filter(([, value]) => value !== undefined);
  const keys = said.map(([key]) => key as Key);
  const pattern = Object.fromEntries(said) as unknown as PlannedItem; // Without what is there, and says nothing.
  return { pattern, keys, own: keys.filter((key) => ownKeys.has(key)) };
}

/** Whether an item is of a kind, and says the rest with the very same objects. */
function isLike(item: PlannedItem, { pattern, keys }: Kind): boolean {
  const said = Object.keys(item) as Key[];
  if (said.length !== keys.length || item.files.length !== pattern.files.length) return false;
  for (const [i, key] of said.entries()) {
    if (key !== keys[i] || item[key] === undefined || !(ownKeys.has(key) || item[key] === pattern[key])) return false;
  }
  return item.files.every(({ format, channels }, i) => {
    return format === pattern.files[i].format && channels === pattern.files[i].channels;
  });
}

/** What only this item says, flat: the names of its files, the four numbers of its regions. */
function ownValues(item: PlannedItem, { own }: Kind): unknown[] {
  const values: unknown[] = [];
  for (const key of own) {
    if (key === 'files') for (const file of item.files) values.push(file.path);
    else if (key === 'region' || key === 'keepClear') pushRegion(values, item[key]!);
    else values.push(item[key]);
  }
  return values;
}

function pushRegion(values: unknown[], { x, y, widthPx, heightPx }: Region): void {
  values.push(x, y, widthPx, heightPx);
}

/** @param line its own values */
function toItem({ pattern, own }: Kind, line: string): PlannedItem {
  const item: Record<string, unknown> = { ...pattern };
  const values = JSON.parse(line) as unknown[];
  let at = 0;
  for (const key of own) {
    if (key === 'files') {
      item[key] = pattern.files.map((file) => ({ ...file, path: values[at++] }));
    } else if (key === 'region' || key === 'keepClear') {
      item[key] = { x: values[at], y: values[at + 1], widthPx: values[at + 2], heightPx: values[at + 3] };
      at += 4;
    } else item[key] = values[at++];
  }
  return item as unknown as PlannedItem; // As it was added.
}
