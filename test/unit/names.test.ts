import assert from 'node:assert/strict';
import { assignFileNames, type Nameable, toFileStem } from '../../src/core/plan/assignFileNames';

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
    ['aux.1', '_aux.1'],
    ['Lpt9', '_Lpt9'],
    ['COM10', 'COM10'],
    ['e\u0301', '\u00e9'],
    ['-rf', '_-rf'],
    ['--out', '_--out'],
    ['−', '_'],
    ['', '_'],
  ];
  for (const [name, stem] of table) {
    it(`"${name}" becomes "${stem}"`, () => {
      assert.equal(toFileStem(name), stem);
    });
  }
});

describe('assignFileNames', () => {
  const named = (ids: string[], endings = ['.png']): Nameable[] => ids.map((id) => ({ id, name: id, endings }));
  const namesOf = (items: readonly Nameable[]): string[] => {
    const assigned = assignFileNames({ length: items.length, at: (i) => items[i] });
    return items.flatMap((item, i) => assigned(item, i));
  };

  it('gives no two items one name, also not by letter case', () => {
    const names = namesOf(named(['a b', 'a_b', 'A_B', 'c']));
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 4);
    assert.equal(names[3], 'c.png');
  });

  it('sees clashes of names that begin with a dash, which get a _ before it', () => {
    assert.deepEqual(namesOf(named(['-a', 'b-a'])), ['_-a.png', 'b-a.png']);
    const names = namesOf(named(['-a', '_-a', '_-A']));
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 3);
    for (const name of names) assert.match(name, /^_-[aA]_[0-9a-f]{8}\.png$|^_-a\.png$/);
  });

  it('gives the same names in every run', () => {
    assert.deepEqual(namesOf(named(['x y', 'x_y'])), namesOf(named(['x y', 'x_y'])));
  });

  it('sees clashes between the endings of one item and the stem of another', () => {
    assert.equal(new Set(namesOf(named(['A', 'A_CD3'], ['_CD3_x.png', '_x.png']))).size, 4);
  });

  it('appends the id of items that are called alike', () => {
    const items = ['7f-1', '7F-2', '8'].map((id) => ({ id, name: id === '8' ? 'other' : 'front', endings: ['.png'] }));
    assert.deepEqual(namesOf(items), ['front_7f-1.png', 'front_7F-2.png', 'other.png']);
  });

  it('appends something shorter where ids leave no room, or are alike, too', () => {
    const long = ['a'.repeat(230), `${'a'.repeat(229)}b`];
    const names = namesOf([
      ...long.map((id) => ({ id, name: 'front', endings: ['.png'] })),
      { id: 'x y', name: 'back', endings: ['.png'] },
      { id: 'x_y', name: 'back', endings: ['.png'] },
    ]);
    assert.equal(new Set(names).size, 4);
    for (const name of names) assert.match(name, /^(?:front|back)_[0-9a-f]{8}\.png$/);
  });

  it('cuts names that no disk takes, in whole characters, and no two to the same', () => {
    const names = namesOf(named(['1', '2'].map((end) => `${'ä'.repeat(200)}${end}`)));
    // 240 bytes less the ending and a fingerprint leave 227, which is 113 characters of two.
    for (const name of names) assert.match(name, /^ä{113}_[0-9a-f]{8}\.png$/);
    assert.notEqual(names[0], names[1]);
  });

  it('knows the endings of each item', () => {
    const items = [
      { id: 'r1', name: 'front', endings: ['_CD3.png'] },
      { id: 'r2', name: 'front', endings: ['_CD8.png'] },
    ];
    assert.deepEqual(namesOf(items), ['front_CD3.png', 'front_CD8.png']);
  });
});
