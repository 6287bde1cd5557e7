import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { makeMutation, writeMutation } from '../mutate/makeMutation';
import { listReaders } from '../mutate/readers';
import { figures } from '../mutate/figures';
import { runMutations } from '../mutate/runMutations';
import { temporaryFolder } from '../support/temporaryFolder';

/** Another one finds other things: see `npm run mutate`. */
const seed = 20_261_130;
const count = 300;

describe('Hostile input: changed copies of valid files', () => {
  it('are made of files that every reader reads', async () => {
    for (const { name, seeds, read } of await listReaders()) {
      for (const [i, { files }] of seeds.entries()) {
        const folder = temporaryFolder();
        writeMutation({ files, change: '' }, folder);
        await assert.doesNotReject(read(folder), `${name} ${i}`);
      }
    }
  });

  it('are the same for the same seed and number', async () => {
    const [reader] = await listReaders();
    const [first, again, other] = [7, 7, 8].map((index) => makeMutation(reader, seed, index));
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
  });

  it(`are read or refused by every reader, within bounds of CPU time and memory: ${count} of them`, async () => {
    const processes = Math.min(2, availableParallelism());
    const indices = Array.from({ length: count }, (_, i) => i);
    const { results, failures } = await runMutations({ seed, indices, processes });
    const told = failures.map(({ index, reason }) => `npm run mutate -- --replay ${seed}:${index}: ${reason}`);
    assert.deepEqual(told, [], figures(results));
    assert.equal(results.length, count);
    // Valid input that was changed everywhere, or nowhere, would show nothing.
    for (const { name } of await listReaders()) {
      const ends = new Set(results.filter(({ reader }) => reader === name).map(({ end }) => end));
      assert.ok(ends.size > 1, `${name}: only ${[...ends].join()}`);
    }
  });
});
