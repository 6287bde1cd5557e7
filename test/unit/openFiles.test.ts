import assert from 'node:assert/strict';
import { describeStillborn } from '../../src/core/run/worker/workerDeath';
import { isPassing, messageOf, toExportError } from '../../src/core/model/exportError';
import { explainImage } from '../../src/core/read/explainImage';
import { toWriteError } from '../../src/core/write/writeFileWhole';

describe('a system without file handles', () => {
  for (const code of ['EMFILE', 'ENFILE']) {
    const error = Object.assign(new Error(`${code}: too many open files, open '/data/A/DNA.tiff'`), { code });
    const words = `too many files are open at once (${code}); allow more file handles (ulimit -n 4096), or fewer --jobs`;

    it(`says so, not that a file is damaged or a folder forbidden: ${code}`, async () => {
      assert.equal(messageOf(error), words);
      const expected = { code: 'TooManyOpenFiles', message: `Expected to open another file, but ${words}.` };
      for (const found of [
        toExportError(error),
        toWriteError(error, '/out/A.png') as Error,
        describeStillborn(`spawn node ${code}`, undefined),
      ]) {
        assert.deepEqual({ code: (found as { code?: string }).code, message: found.message }, expected);
        assert.ok(isPassing(found));
      }
      await assert.rejects(
        explainImage('/data/A/DNA.tiff', 'a TIFF image', () => Promise.reject(error)),
        {
          code: 'ImageUnreadable',
          message: `Expected a TIFF image in /data/A/DNA.tiff, but it cannot be read: ${words}.`,
        },
      );
    });
  }
});
