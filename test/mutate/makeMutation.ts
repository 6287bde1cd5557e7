import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../sample/random';
import { below, pick } from './mutateBytes';
import { type MutatedReader, mutatorsOf, type Seed } from './readers';

/** A valid input of which one file was changed. */
export interface Mutation {
  readonly files: Seed['files'];
  /** What was done to which, in words. */
  readonly change: string;
}

/** Of a run's seed, the mutation of this number; the same for ever, as long as the valid inputs are the same. */
export function makeMutation(reader: MutatedReader, seed: number, index: number): Mutation {
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
  return { files: { ...files, [name]: bytes }, change: `${name}: ${done.join(', ')}` };
}

const mostBytes = 8 * 2 ** 20;

/** Writes the files of a mutation into a folder. */
export function writeMutation({ files }: Mutation, folder: string): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
