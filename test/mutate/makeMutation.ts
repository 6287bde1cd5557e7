import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../sample/random';
import { below, pick } from './mutateBytes';
import { type MutatedReader, mutatorsOf, type Seed } from './readers';

/** A valid input of which one file was changed. */
export interface Mutation {
  readonly reader: MutatedReader;
  readonly files: Seed['files'];
  /** What was done to which, in words. */
  readonly change: string;
}

/**
 * The mutation of this number for a run's seed, for one reader after the other; the same for ever, as long as the valid
 * inputs are the same. Numbers below 0 are those inputs, unchanged.
 */
export function makeMutation(readers: readonly MutatedReader[], seed: number, index: number): Mutation {
  if (index < 0) {
    const [reader, { files }] = validInputs(readers)[-1 - index];
    return { reader, files, change: 'unchanged' };
  }
  const reader = readerOf(readers, index);
  const random = new Random(seed, String(index));
  const { files, kept = [] } = pick(random, reader.seeds);
  const name = pick(
    random,
    Object.keys(files).filter((file) => !kept.includes(file)),
  );
  let bytes = files[name];
  const done: string[] = [];
  for (let left = 1 + below(random, 3); left > 0 && bytes.length > 0; left--) {
    const mutator = pick(random, pick(random, mutatorsOf(name)));
    const changed = mutator(bytes, random);
    // Stacked doublings must not outgrow what anybody would send.
    if (!changed || changed.length > mostBytes) continue;
    bytes = changed;
    done.push(mutator.name);
  }
  return { reader, files: { ...files, [name]: bytes }, change: `${name}: ${done.join(', ')}` };
}

/** Which reader the mutation of a number is for. */
export function readerOf(readers: readonly MutatedReader[], index: number): MutatedReader {
  const turns = readers.flatMap((reader) => Array<MutatedReader>(reader.isSlow ? 1 : turnsOfFast).fill(reader));
  return turns[index % turns.length];
}

/** So often it is the turn of a reader that is not slow. */
const turnsOfFast = 4;

/** Every valid input of every reader. */
export function validInputs(readers: readonly MutatedReader[]): (readonly [reader: MutatedReader, input: Seed])[] {
  return readers.flatMap((reader) => reader.seeds.map((input) => [reader, input] as const));
}

const mostBytes = 8 * 2 ** 20;

/** Writes the files of a mutation into a folder. */
export function writeMutation({ files }: Pick<Mutation, 'files'>, folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
