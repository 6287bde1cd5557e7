import type { ItemList } from './itemList';
import type { ItemEnding, JournalLine } from './journalLine';

/** How items ended, one after the other; an item that was tried again has several endings. */
export interface Endings extends Iterable<ItemEnding> {
  readonly length: number;
  /** @param i from 0 to below the length */
  at(i: number): ItemEnding;
  /** The place among the planned items of the one that it is about. */
  placeAt(i: number): number;
  outcomeAt(i: number): ItemEnding['outcome'];
  /** How many files there are. */
  filesAt(i: number): number;
}

/** Where a journal has a line. */
export interface JournalPlace {
  readonly journal: string;
  readonly offset: number;
  readonly bytes: number;
}

/** An ending of which its journal says more. */
export type KeptEnding = Extract<ItemEnding, { files: unknown }> & JournalPlace;

const outcomesWithFiles = ['written', 'unchanged'] as const;

/**
 * Endings in short, of which there may be a million: some forty bytes each. Files, which most of a line is about, are counted,
 * and their journal says more.
 */
export class EndingList implements Endings {
  private readonly places: number[] = [];
  /** How many files there are, and the outcome; 0 where the ending is kept whole. */
  private readonly codes: number[] = [];
  private readonly offsets: number[] = [];
  private readonly bytes: number[] = [];
  private readonly whole = new Map<number, ItemEnding>();

  /** @param journal whose lines they are; absent: of several, or none */
  constructor(
    private readonly items: ItemList,
    private readonly journal?: string,
  ) {}

  /** A copy for whoever need not know more than how items ended. */
  static of(items: ItemList, endings: Endings): EndingList {
    const list = new EndingList(items);
    for (let i = 0; i < endings.length; i++) list.add(endings.placeAt(i), endings.at(i));
    return list;
  }

  get length(): number {
    return this.places.length;
  }

  /**
   * @param place of its item
   * @param where its journal has it
   */
  add(place: number, line: ItemEnding | JournalLine, where?: Pick<JournalPlace, 'offset' | 'bytes'>): void {
    if ('files' in line) {
      const outcome = outcomesWithFiles.indexOf(line.outcome);
      this.codes.push(line.files.length * outcomesWithFiles.length + outcome);
    } else {
      this.whole.set(this.length, line);
      this.codes.push(0);
    }
    this.places.push(place);
    if (this.journal === undefined || !where) return;
    this.offsets.push(where.offset);
    this.bytes.push(where.bytes);
  }

  at(i: number): ItemEnding {
    const whole = this.whole.get(i);
    if (whole) return whole;
    const ending: ItemEnding = {
      item: this.items.at(this.places[i]).id,
      outcome: this.outcomeWithFilesAt(i),
      files: { length: this.filesAt(i) },
    };
    if (this.journal === undefined) return ending;
    const kept: KeptEnding = { ...ending, journal: this.journal, offset: this.offsets[i], bytes: this.bytes[i] };
    return kept;
  }

  placeAt(i: number): number {
    return this.places[i];
  }

  outcomeAt(i: number): ItemEnding['outcome'] {
    return this.whole.get(i)?.outcome ?? this.outcomeWithFilesAt(i);
  }

  filesAt(i: number): number {
    return Math.floor(this.codes[i] / outcomesWithFiles.length);
  }

  private outcomeWithFilesAt(i: number): (typeof outcomesWithFiles)[number] {
    return outcomesWithFiles[this.codes[i] % outcomesWithFiles.length];
  }

  *[Symbol.iterator](): Generator<ItemEnding> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }
}

/** Those of several lists, one after the other, as many as there are now. */
export class JoinedEndings implements Endings {
  private readonly parts: readonly { readonly endings: Endings; readonly length: number }[];
  readonly length: number;

  constructor(parts: readonly Endings[]) {
    this.parts = parts.map((endings) => ({ endings, length: endings.length }));
    this.length = this.parts.reduce((sum, { length }) => sum + length, 0);
  }

  at(i: number): ItemEnding {
    const [endings, at] = this.find(i);
    return endings.at(at);
  }

  placeAt(i: number): number {
    const [endings, at] = this.find(i);
    return endings.placeAt(at);
  }

  outcomeAt(i: number): ItemEnding['outcome'] {
    const [endings, at] = this.find(i);
    return endings.outcomeAt(at);
  }

  filesAt(i: number): number {
    const [endings, at] = this.find(i);
    return endings.filesAt(at);
  }

  *[Symbol.iterator](): Generator<ItemEnding> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  private find(i: number): [Endings, number] {
    let before = 0;
    for (const { endings, length } of this.parts) {
      if (i < before + length) return [endings, i - before];
      before += length;
    }
    throw new RangeError(`expected an ending below ${this.length}, but found ${i}`);
  }
}

/** How items ended in the end. */
export interface Outcomes {
  /** How many items have one. */
  readonly size: number;
  /** That of an item by its place; absent where it has not ended. */
  of(place: number): ItemEnding | undefined;
  outcomeOf(place: number): ItemEnding['outcome'] | undefined;
  /** How many files it has. */
  filesOf(place: number): number;
}

/** The last word about each item, which counts. */
export function lastOutcomes({ journal, items }: { readonly journal: Endings; readonly items: ItemList }): Outcomes {
  const last = new Uint32Array(items.length); // One more than the place of the ending, so that none is 0.
  let size = 0;
  for (let i = 0; i < journal.length; i++) {
    const place = journal.placeAt(i);
    if (last[place] === 0) size++;
    last[place] = i + 1;
  }
  return {
    size,
    of: (place) => (last[place] > 0 ? journal.at(last[place] - 1) : undefined),
    outcomeOf: (place) => (last[place] > 0 ? journal.outcomeAt(last[place] - 1) : undefined),
    filesOf: (place) => (last[place] > 0 ? journal.filesAt(last[place] - 1) : 0),
  };
}
