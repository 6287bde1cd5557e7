import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ColorMapName } from '../../src/core/model/colorMap';
import { parseNumber } from '../../src/core/model/parseNumber';
import { colorCells, isMeasured } from '../../src/core/select/colorCells';

interface Case {
  readonly colorMap: ColorMapName;
  readonly cofactor: number | null;
  readonly range: readonly [number, number];
  readonly values: readonly number[];
  readonly colors: readonly string[];
}

const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'colorMaps.json'), 'utf8')) as {
  cases: Case[];
};

const toNumber = (text: string): number => parseNumber(text, false);
const otherColor = '#a0a0a0';

describe('colorCells', () => {
  for (const { colorMap, cofactor, range, values, colors } of cases) {
    it(`has matplotlib's colours of ${colorMap}${cofactor === null ? '' : ', arcsinh'}`, () => {
      const by = {
        column: 'c',
        colorMap,
        range,
        otherColor,
        ...(cofactor !== null && { arcsinhCofactor: cofactor }),
      } as const;
      const cells = new Map(values.map((value, i) => [i + 1, String(value)]));
      const found = colorCells(by, cells, toNumber);
      assert.deepEqual(
        values.map((_, i) => found.get(i + 1)),
        colors,
      );
    });
  }

  it('leaves out cells without a number, which have another colour', () => {
    const by = { column: 'c', colorMap: 'greys', range: [0, 1], otherColor } as const;
    const cells = new Map([
      [1, ''],
      [2, 'NA'],
      [3, '0.5'],
      [4, 'inf'],
    ]);
    assert.deepEqual([...colorCells(by, cells, toNumber).keys()], [3, 4]);
  });

  it('has the colours of classes, by their whole text', () => {
    const by = { column: 'c', colors: { T: '#ff0000', '1': '#00ff00' }, otherColor } as const;
    const cells = new Map([
      [1, 'T'],
      [2, 'T cell'],
      [3, '1'],
      [4, ''],
    ]);
    assert.deepEqual(
      [...colorCells(by, cells, toNumber)],
      [
        [1, '#ff0000'],
        [3, '#00ff00'],
      ],
    );
  });
});

describe('isMeasured tells measurements from classes', () => {
  const many = Array.from({ length: 30 }, (_, i) => String(i));
  const table: [name: string, values: string[], measured: boolean][] = [
    ['fractions', ['1.5', '2'], true],
    ['many whole numbers', many, true],
    ['a few whole numbers, such as clusters', ['1', '2', '3', '2'], false],
    ['text', ['T', 'B'], false],
    ['numbers and one text', [...many, 'other'], false],
    ['numbers with gaps', ['1.5', '', 'NaN', 'NA'], true],
    ['nothing', ['', ''], false],
  ];
  for (const [name, values, measured] of table) {
    it(name, () => {
      assert.equal(isMeasured(values, toNumber), measured);
    });
  }
});
