import assert from 'node:assert/strict';
import { assignFileNames, toFileStem } from '../../src/core/job/assignFileNames';

describe('toFileStem', () => {
  const table: [name: string, stem: string][] = [
    ['FOV_1', 'FOV_1'],
    ['NaK ATPase', 'NaK_ATPase'],
    ['Gewebe-Ä.2', 'Gewebe-Ä.2'],
    ['組織', '組織'],
    ['a/b\\c:d', 'a_b_c_d'],
    ['.hidden', '_.hidden'],
    ['..', '_..'],
    ['CON', '_CON'],
    ['', '_'],
  ];
  for (const [name, stem] of table) {
    it(`"${name}" becomes "${stem}"`, () => {
      assert.equal(toFileStem(name), stem);
    });
  }
});

describe('assignFileNames', () => {
  const named = (ids: string[]): { id: string; name: string }[] => ids.map((id) => ({ id, name: id }));

  it('gives no two items one name, also not by letter case', () => {
    const names = [...assignFileNames(named(['a b', 'a_b', 'A_B', 'c']), ['.png']).values()].flat();
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 4);
    assert.equal(names[3], 'c.png');
  });

  it('gives the same names in every run', () => {
    const ids = ['x y', 'x_y'];
    assert.deepEqual([...assignFileNames(named(ids), ['.png'])], [...assignFileNames(named(ids), ['.png'])]);
  });

  it('sees clashes between the endings of one item and the stem of another', () => {
    const names = [...assignFileNames(named(['A', 'A_CD3']), ['_CD3_x.png', '_x.png']).values()].flat();
    assert.equal(new Set(names).size, 4);
  });
});
