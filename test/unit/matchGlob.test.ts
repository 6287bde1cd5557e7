import assert from 'node:assert/strict';
import type { Dataset } from '../../src/core/model/dataset';
import { matchGlob, parseGlob } from '../../src/core/select/matchGlob';
import { selectFovs } from '../../src/core/select/selectFovs';
import { emptyDataset } from '../support/emptyDataset';

function datasetOf(...names: string[]): Dataset {
  const fovs = names.map((name) => ({ name, path: `/data/${name}`, channels: [], masks: [], annotations: [] }));
  return { ...emptyDataset, folder: '/data', fovs };
}

describe('the globs of FOVs', () => {
  const cases: [pattern: string, fits: string[], fitsNot: string[]][] = [
    ['A', ['A'], ['', 'a', 'AA']],
    ['*', ['', 'A', 'a/b', '.hidden'], []],
    ['F*1', ['F1', 'F11', 'F21'], ['F12', 'f1']],
    ['a**b', ['ab', 'axxb'], ['abx']],
    ['*a*b*', ['ab', 'xaxbx', 'aab'], ['ba', 'a']],
    ['F?', ['F1', 'Fé', 'F😀'], ['F', 'F12']],
    ['F[13]', ['F1', 'F3'], ['F2', 'F', 'F13']],
    ['F[1-3b]', ['F1', 'F2', 'F3', 'Fb'], ['F4', 'F-']],
    ['F[!1-3]', ['F4', 'Fx'], ['F1', 'F']],
    ['F[]a]', ['F]', 'Fa'], ['F']],
    ['F[!]]', ['Fa'], ['F]']],
    ['F[a-]', ['Fa', 'F-'], ['Fb']],
    ['F[[]1[]]', ['F[1]'], ['F1']],
    ['[*][?][{]', ['*?{'], ['abc']],
    ['[α-ω]*', ['βeta'], ['beta']],
    ['{A,B}1', ['A1', 'B1'], ['C1', 'A', '1']],
    ['{A,B{1,2}}_*', ['A_', 'B1_x', 'B2_'], ['B_', 'A1_']],
    ['A{,_2}', ['A', 'A_2'], ['A_']],
    ['{*_a,b?}', ['x_a', 'b1'], ['x_b', 'b']],
    ['{b?,*_a}', ['x_a', 'b1'], ['x_b', 'b']],
    ['{a,b}*{c,d}', ['ac', 'bxd'], ['cb']],
    ['a,b', ['a,b'], ['a', 'b']],
    ['a]}', ['a]}'], []],
    ['FOV (1)*', ['FOV (1)', 'FOV (1) b'], ['FOV 1']],
  ];
  for (const [pattern, fits, fitsNot] of cases) {
    it(`${pattern} fits ${fits.map((name) => `"${name}"`).join(' and ')}`, () => {
      const glob = parseGlob(pattern);
      assert.deepEqual(
        fits.filter((name) => !matchGlob(glob, name)),
        [],
      );
      assert.deepEqual(
        fitsNot.filter((name) => matchGlob(glob, name)),
        [],
      );
    });
  }

  it('names the syntax of other programs, and says what to write', () => {
    const refused: [pattern: string, message: RegExp][] = [
      ['+(a)', /"\+\(a\)" has "\+\(…\)", which patterns do not know here; there are \*, \?, \[abc\]/],
      ['x@(a|b)', /has "@\(…\)"/],
      ['!(a)', /has a "!" before all of it/],
      ['x!(a)', /has "!\(…\)"/],
      ['*(a)', /has "\*\(…\)"/],
      ['**(a)', /has "\*\(…\)"/],
      ['?(a)', /has "\?\(…\)"/],
      ['(a|b)', /has "\(…\|…\)", .*; write \{a,b\}\.$/],
      ['!A', /has a "!" before all of it, which negates/],
      ['[^a]', /has "\[\^…\]", .*; write \[!…\]\.$/],
      ['[[:alpha:]]', /has "\[:…"/],
      ['[[.a.]]', /has "\[\.…"/],
      ['[[=a=]]', /has "\[=…"/],
      ['[z-a]', /has "\[z-a\]", whose end comes before its beginning/],
      ['{1..5}', /has "\{…\.\.…\}", .*; write \[1-5\] or \{1,2,3\}\.$/],
      ['{a}', /has "\{…\}" with one text/],
      ['A\\*', /has a "\\", .*; write \[\*\] for a \* itself/],
      ['[\\]]', /has a "\\"/],
      ['F[1', /has a "\[" that is not closed/],
      ['F[]', /has a "\[" that is not closed/],
      ['{a,b', /has a "\{" that is not closed/],
      ['{a,{b,c}', /has a "\{" that is not closed/],
    ];
    for (const [pattern, message] of refused) {
      assert.throws(() => selectFovs([pattern], datasetOf('A')), { code: 'RecipeInvalid', message }, pattern);
    }
  });

  it('leave a name a name, whatever it looks like', () => {
    const names = ['FOV[1]', '!A', '{1..5}', '+(a)', 'a\\b', 'x'.repeat(1001)];
    const dataset = datasetOf('FOV1', ...names);
    for (const name of names) {
      const chosen = selectFovs([name], dataset).map((fov) => fov.name);
      assert.deepEqual(chosen, [name]);
    }
  });

  const steps = (pattern: string, name: string): number => {
    const work = { steps: 0 };
    matchGlob(parseGlob(pattern), name, work);
    return work.steps;
  };

  it('take work in proportion to the name', () => {
    for (const pattern of ['*a*b*c', '{a,b}*{c,d}?', '*[a-c][!x]?', `{${'{a,b},'.repeat(20)}c}*`]) {
      const once = steps(pattern, 'abcd'.repeat(250));
      const four = steps(pattern, 'abcd'.repeat(1000));
      assert.ok(four < 4.1 * once, `${pattern}: ${once} steps, then ${four}`);
      assert.ok(once < 1000 * 3 * pattern.length, `${pattern}: ${once} steps`);
    }
  });

  it('take work in proportion to the pattern, also where a name fits it in ever more ways', () => {
    // Both ways of each brace fit: 65 536 of them at once, which were 16 for the short pattern.
    const [few, many] = [4, 16].map((times) => steps('{a,?}'.repeat(times), 'a'.repeat(times)));
    assert.ok(many < 4.1 * few, `${few} steps, then ${many}`);
    // What comes before a star that was reached is not followed any more: a hundred stars cost no more than one.
    assert.ok(steps('*a'.repeat(100), 'a'.repeat(1000)) < 10 * 1000);
  });

  it('count all of their work: ranges and ways that a character does not fit, too', () => {
    assert.ok(steps(`*[${'xyz'.repeat(300)}]`, 'a'.repeat(100)) > 100 * 900);
    assert.ok(steps(`*{${','.repeat(900)}}b`, 'a'.repeat(100)) > 100 * 900);
  });

  it('are at most 10 000 of at most 1 000 characters; names of FOVs are not counted', () => {
    const dataset = datasetOf('A', 'B');
    const chosen = (patterns: string[]): string[] => selectFovs(patterns, dataset).map((fov) => fov.name);
    assert.deepEqual(chosen([...Array<string>(20_000).fill('B'), ...Array<string>(10_000).fill('A*')]), ['A', 'B']);
    assert.throws(() => chosen(Array<string>(10_001).fill('A*')), {
      code: 'RecipeInvalid',
      message:
        'Expected at most 10000 patterns of FOVs, but found 10001 besides names of FOVs in /data; write fewer that fit more.',
    });
    assert.deepEqual(chosen([`[${'A'.repeat(998)}]`]), ['A']);
    assert.throws(() => chosen([`[${'A'.repeat(999)}]`]), {
      code: 'RecipeInvalid',
      message: 'Expected patterns of FOVs of at most 1000 characters, but [AAAAAAAAAAAAAAAAAAA… has 1001.',
    });
  });

  it('end where they would take long together', () => {
    // Three millions of steps each: without a limit, it would end after twice as long.
    const dataset = datasetOf('a'.repeat(2000));
    const patterns = Array<string>(60).fill(`*${'?'.repeat(900)}b`);
    assert.throws(() => selectFovs(patterns, dataset), { code: 'RecipeInvalid', message: /too many and too long/ });
  });
});
