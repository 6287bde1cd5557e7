import { lastOutcomes } from './endings';
import type { ReadRecord } from './jobStatus';
import type { JournalLine } from './journalLine';

/** How an item stands: as it ended, or not yet. */
export type ItemState = JournalLine['outcome'] | 'waiting';

export const itemStates = ['written', 'unchanged', 'skipped', 'failed', 'waiting'] as const satisfies ItemState[];

/** An item of a job, and how it stands. */
export interface ItemOutcome {
  readonly item: string;
  readonly state: ItemState;
  /** The names of its files and what is to be known of them, or why there is none. */
  readonly text: string;
}

/** A page of a job's items. */
export interface OutcomePage {
  readonly offset: number;
  /** All that are in this state. */
  readonly count: number;
  readonly items: readonly ItemOutcome[];
}

/**
 * A page of a job's items, in the order of its plan.
 * @param state only those in this state; absent: all
 */
export async function outcomePage(
  record: Pick<ReadRecord, 'items' | 'journal' | 'lineOf'>,
  state: ItemState | undefined,
  offset: number,
  limit: number,
): Promise<OutcomePage> {
  const outcomes = lastOutcomes(record);
  const stateOf = (place: number): ItemState => outcomes.outcomeOf(place) ?? 'waiting';
  const places = Array.from({ length: record.items.length }, (_, place) => place);
  const wanted = state === undefined ? places : places.filter((place) => stateOf(place) === state);
  const items: ItemOutcome[] = [];
  for (const place of wanted.slice(offset, offset + limit)) {
    const ending = outcomes.of(place);
    const text = ending ? describeOutcome(await record.lineOf(ending)) : '';
    items.push({ item: record.items.at(place).id, state: stateOf(place), text });
  }
  return { offset, count: wanted.length, items };
}

function describeOutcome(line: JournalLine): string {
  if (line.outcome === 'failed') return line.error.message;
  if (line.outcome === 'skipped') return line.reason;
  const notes = new Set(line.files.flatMap(({ note }) => note ?? []));
  return [line.files.map((file) => file.path).join(', '), ...notes].join('; ');
}

/** How fast a job goes, and how long it will take. */
export interface Pace {
  readonly perSecond: number;
  readonly secondsLeft: number;
}

/**
 * The pace of a job since somebody has watched it; `undefined` before it can be told.
 * @param watchedMs how long
 * @param ended items that ended in that time
 * @param remaining items that are left
 */
export function paceOf(watchedMs: number, ended: number, remaining: number): Pace | undefined {
  if (watchedMs <= 0 || ended <= 0) return undefined;
  const perSecond = (ended * 1000) / watchedMs;
  return { perSecond, secondsLeft: remaining / perSecond };
}
