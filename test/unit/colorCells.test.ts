import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ColorMapName } from '../../src/core/model/colorMap';
import { classColor } from '../../src/core/model/palette';
import { parseNumber } from '../../src/core/model/parseNumber';
import { colorCells, describeColumn, isMeasured } from '../../src/core/select/colorCells';

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
    const by = { column: 'c', colors: { T: '#ff0000', '1.0': '#00ff00' }, otherColor } as const;
    const cells = new Map([
      [1, 'T'],
      [2, 'T cell'],
      [3, '1'],
      [4, ''],
      [5, '1.0'],
      [6, 'constructor'],
    ]);
    assert.deepEqual(
      [...colorCells(by, cells, toNumber)],
      [
        [1, '#ff0000'],
        [3, '#00ff00'],
        [5, '#00ff00'],
      ],
    );
  });
});

describe('a column', () => {
  const many = Array.from({ length: 30 }, (_, i) => String(i));
  const table: [name: string, values: string[], measured: boolean | undefined][] = [
    ['of fractions is measured', ['1.5', '2'], true],
    ['of many whole numbers is measured', many, true],
    ['of a few whole numbers, such as clusters, is classified', ['1', '2', '3', '2'], false],
    ['of clusters with gaps is classified', ['1', '2', 'NA', 'nan', ''], false],
    ['of text is classified', ['T', 'B'], false],
    ['of N and nothing is classified: N is no missing value', ['N', '', 'N'], false],
    ['of many numbers and one text is neither', [...many, '1,234.5'], undefined],
    ['of fractions with gaps is measured', ['1.5', '', 'NaN', 'NA'], true],
    ['of nothing is classified', ['', ''], false],
  ];
  for (const [name, values, measured] of table) {
    it(name, () => {
      assert.equal(isMeasured(describeColumn(values, toNumber)), measured);
    });
  }

  it('has one class for whole numbers however they are written, and none for missing values', () => {
    assert.deepEqual(describeColumn(['2.0', '10', ' 2', 'NA', 'x ', 'x'], toNumber).classes, ['2', '10', 'x']);
  });
});

describe('classColor', () => {
  it('gives no two classes one colour', () => {
    const colors = Array.from({ length: 500 }, (_, n) => classColor(n));
    assert.equal(new Set(colors).size, 500);
    for (const color of colors) assert.match(color, /^#[0-9a-f]{6}$/);
  });
});
