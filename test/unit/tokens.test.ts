import assert from 'node:assert/strict';
import { textMarkSchema } from '../../src/core/model/marks';
import { fillTokens, tokenNames, tokenProblem } from '../../src/core/model/tokens';

describe('fillTokens', () => {
  const values = new Map(Object.entries({ fov: 'FOV 1', channel: 'DNA, CD3', index: '7', width: '100 µm' }));
  const table: [text: string, filled: string][] = [
    ['', ''],
    ['plain', 'plain'],
    ['{fov}', 'FOV 1'],
    ['{fov}: {channel} ({index})', 'FOV 1: DNA, CD3 (7)'],
    ['{fov}{fov}', 'FOV 1FOV 1'],
    ['a\n{width}\nb', 'a\n100 µm\nb'],
    ['{{fov}}', '{fov}'],
    ['{{{fov}}}', '{FOV 1}'],
    ['{{}}', '{}'],
    ['{{ and }}', '{ and }'],
    ['{{{{', '{{'],
    ['bar {scale_bar}.', 'bar .'],
  ];
  for (const [text, filled] of table) {
    it(`${JSON.stringify(text)} becomes ${JSON.stringify(filled)}`, () => {
      assert.equal(tokenProblem(text, tokenNames), undefined);
      assert.equal(fillTokens(text, values), filled);
    });
  }

  it('takes values as they are, whatever characters they hold', () => {
    const fov = '$& $1 {index} {{ }} \\';
    assert.equal(
      fillTokens(
        '<{fov}>',
        new Map([
          ['fov', fov],
          ['index', '7'],
        ]),
      ),
      `<${fov}>`,
    );
  });

  it('knows every token', () => {
    const text = tokenNames.map((name) => `{${name}}`).join(' ');
    assert.equal(
      text,
      '{fov} {label} {roi} {roi_id} {channel} {marker_set} {index} {scale_bar} {pixel_size} {width} {description}',
    );
    assert.equal(tokenProblem(text, tokenNames), undefined);
    const all = new Map(tokenNames.map((name, i) => [name, String(i)]));
    assert.equal(fillTokens(text, all), '0 1 2 3 4 5 6 7 8 9 10');
  });
});

describe('tokenProblem', () => {
  const names =
    'but the tokens are {fov} {label} {roi} {roi_id} {channel} {marker_set} {index} {scale_bar} {pixel_size} {width} {description}';
  const table: [text: string, problem: string][] = [
    ['{fo}', `has {fo}, ${names}`],
    ['{FOV}', `has {FOV}, ${names}`],
    ['{ fov }', `has { fov }, ${names}`],
    ['{}', `has {}, ${names}`],
    ['{constructor}', `has {constructor}, ${names}`],
    ['{fov} {nope} {neither}', `has {nope}, ${names}`],
    ['{fov', 'has a single "{"; write {{ for the character itself'],
    ['fov}', 'has a single "}"; write }} for the character itself'],
    ['{{fov}', 'has a single "}"; write }} for the character itself'],
    ['{{{fov}}', 'has a single "}"; write }} for the character itself'],
    ['{a{fov}}', 'has a single "{"; write {{ for the character itself'],
  ];
  for (const [text, problem] of table) {
    it(`finds it in ${text}`, () => {
      assert.equal(tokenProblem(text, tokenNames), problem);
    });
  }

  it('is what a title with such a text is refused with', () => {
    const result = textMarkSchema.safeParse({ text: '{oops}', place: 'margin' });
    assert.deepEqual(
      result.error?.issues.map(({ message, path }) => [path, message]),
      [[['text'], `has {oops}, ${names}`]],
    );
    assert.ok(textMarkSchema.safeParse({ text: '{fov}', place: 'margin' }).success);
  });
});
