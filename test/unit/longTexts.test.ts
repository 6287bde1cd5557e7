import assert from 'node:assert/strict';
import { writeTiff } from '../../sample/writeTiff';
import { toCell } from '../../src/core/job/manifestCsv';
import { folderOfRow, fovOfRow } from '../../src/core/model/fovOfRow';
import { isMissing } from '../../src/core/model/missingValue';
import { parseDecimal } from '../../src/core/model/parseDecimal';
import { parseNumber } from '../../src/core/model/parseNumber';
import { memorySource } from '../../src/core/read/embedded/byteSource';
import { textInTiff } from '../../src/core/read/embedded/textInTiff';
import { placeOmeShape } from '../../src/core/read/rois/placeOmeShape';
import { withinCpuSeconds } from '../support/cpuTime';
import { plane } from '../support/dataset';

const length = 200_000;
const blanks = ' '.repeat(length);
const digits = '1'.repeat(length);

describe('long texts of strangers take time in proportion to their length', () => {
  // In proportion to its square each of them would take 20 s or more.
  const works: [name: string, work: () => unknown, result: unknown][] = [
    ['blanks in a cell', () => isMissing(`${blanks}x`), false],
    ['only blanks in a cell', () => isMissing(blanks), true],
    ['digits in a cell', () => parseNumber(`${digits}x`, false), Number.NaN],
    ['digits in a flag', () => parseDecimal(`${digits}x`), undefined],
    ['digits in a cell of the manifest', () => toCell(`-${digits}x`), `'-${digits}x`],
    ['slashes before a name', () => fovOfRow(`${'/'.repeat(length)}A`, new Set(['A'])), 'A'],
    ['slashes behind a name', () => folderOfRow(`a/b${'/'.repeat(length)}`), 'a/'],
  ];
  for (const [name, work, result] of works) {
    it(name, async () => {
      assert.deepEqual(await withinCpuSeconds(2, work), result);
    });
  }

  it('blanks in the transform of a shape', async () => {
    const placed = (transform: string): ReturnType<typeof placeOmeShape> => {
      const box = (['x', 'y', 'width', 'height'] as const).map((name) => [name, '1'] as const);
      return placeOmeShape({ name: 'Rectangle', attributes: new Map([...box, ['transform', transform] as const]) });
    };
    for (const text of [`${blanks}x${blanks}`, `x${blanks}x`, `matrix${blanks}x`, `matrix(1${blanks}x)`]) {
      await withinCpuSeconds(2, () => {
        assert.throws(() => placed(text), /a transform of six numbers/);
      });
    }
    assert.deepEqual(placed(' matrix ( 1 0 0 1 2,3 ) '), {
      box: { xMin: 3, yMin: 4, xMax: 4, yMax: 5 },
    });
  });

  it('zeros in the metadata of a TIFF', async () => {
    const tiff = writeTiff(
      plane(2, 2, () => 0),
      { imageDescription: `<${'\0'.repeat(length)}x` },
    );
    assert.equal(await withinCpuSeconds(2, () => textInTiff(memorySource(tiff))), undefined);
  });
});
