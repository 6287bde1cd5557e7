import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { makeMutation, validInputs } from '../mutate/makeMutation';
import { listReaders } from '../mutate/readers';
import { figures } from '../mutate/figures';
import { runMutations } from '../mutate/runMutations';

/** Another one finds other things: see `npm run mutate`. */
const seed = 20_261_130;
const count = 300;
const processes = Math.min(2, availableParallelism());

describe('Hostile input: changed copies of valid files', () => {
  it('are made of files that every reader reads', async () => {
    const indices = validInputs(await listReaders()).map((_, i) => -1 - i);
    const { results, failures } = await runMutations({ seed, indices, processes });
    assert.deepEqual(failures, []);
    const refused = results.filter(({ end }) => end !== 'read');
    assert.deepEqual(
      refused.map(({ reader, index, end, message }) => [reader, index, end, message]),
      [],
    );
  });

  it('are the same for the same seed and number', async () => {
    const readers = await listReaders();
    const [first, again, other] = [7, 7, 8].map((index) => makeMutation(readers, seed, index));
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
  });

  it(`are read or refused by every reader, within bounds of CPU time and memory: ${count} of them`, async () => {
    const indices = Array.from({ length: count }, (_, i) => i);
    const { results, failures } = await runMutations({ seed, indices, processes });
    const told = failures.map(({ index, reason }) => `npm run mutate -- --replay ${seed}:${index}: ${reason}`);
    assert.deepEqual(told, [], figures(results));
    assert.equal(results.length, count);
    // What was changed nowhere, or beyond all sense, would show nothing.
    const read = results.filter(({ end }) => end === 'read').length;
    assert.ok(read > count / 5 && read < (count * 4) / 5, figures(results));
    assert.equal(new Set(results.map(({ reader }) => reader)).size, (await listReaders()).length);
  });
});
