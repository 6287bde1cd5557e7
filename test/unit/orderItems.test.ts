import assert from 'node:assert/strict';
import { orderItems } from '../../src/core/select/orderItems';

describe('orderItems', () => {
  const area = [12.5, 9, 100, undefined, 9, -3, 10, 9, 100];
  const type = ['T', 'B', undefined, 'T', 'é', 'b', 'B', '😀', 'Ａ'];

  // pandas 1.5.3: sort_values(by, kind='stable', na_position='last') of these columns, rows counted from 0.
  const table: [string, readonly (readonly (number | string | undefined)[])[], number[]][] = [
    ['numbers by size', [area], [5, 1, 4, 7, 6, 0, 2, 8, 3]],
    ['texts by code point, also beyond U+FFFF', [type], [1, 6, 0, 3, 5, 4, 8, 7, 2]],
    ['texts, then numbers', [type, area], [1, 6, 0, 3, 5, 4, 8, 7, 2]],
    ['numbers, then texts', [area, type], [5, 1, 4, 7, 6, 0, 8, 2, 3]],
    ['nothing: as they were given', [], [0, 1, 2, 3, 4, 5, 6, 7, 8]],
  ];
  for (const [name, columns, expected] of table) {
    it(`${name}, as pandas does`, () => {
      assert.deepEqual(orderItems(area.map((_, i) => columns.map((column) => column[i]))), expected);
    });
  }

  it('a text before those that go on after it', () => {
    assert.deepEqual(orderItems([['FOV10'], ['FOV1'], ['FOV2']]), [1, 0, 2]);
  });
});
