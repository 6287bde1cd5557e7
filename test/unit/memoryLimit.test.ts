import { strict as assert } from 'node:assert';
import { requireMemory, withinMemory } from '../../src/core/read/memoryLimit';

const mib = 2 ** 20;

/** Within `allowedMib`, something that takes `wantedMib` is read. */
function read(allowedMib: number, wantedMib: number): Promise<void> {
  return withinMemory(allowedMib * mib, async () => {
    await Promise.resolve();
    requireMemory(wantedMib * mib, 'a.tiff');
  });
}

describe('withinMemory', () => {
  const tooLarge = { code: 'TooLarge' };

  it('bounds what is read below it, and nothing before and after', async () => {
    requireMemory(9 * mib, 'a.tiff');
    await withinMemory(4 * mib, async () => {
      await Promise.resolve();
      requireMemory(4 * mib, 'a.tiff');
      assert.throws(() => {
        requireMemory(4 * mib + 1, 'a.tiff');
      }, tooLarge);
    });
    requireMemory(9 * mib, 'a.tiff');
  });

  it('keeps the bound of each of several at once, when the others end and begin again', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const long = withinMemory(2 * mib, async () => {
      await held;
      requireMemory(2 * mib, 'a.tiff');
      requireMemory(3 * mib, 'a.tiff');
    });
    await read(8, 8);
    await assert.rejects(read(1, 2), tooLarge);
    release();
    await assert.rejects(long, tooLarge);
    await assert.rejects(read(1, 2), tooLarge);
  });
});
