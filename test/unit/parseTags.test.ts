import assert from 'node:assert/strict';
import { isExportError } from '../../src/core/model/exportError';
import { parseTags } from '../../src/core/select/parseTags';

const rois: Readonly<Record<string, readonly string[]>> = {
  a: ['good', 'figure1'],
  b: ['good', 'figure1', 'excluded'],
  c: ['figure1'],
  d: ['needs review', 'good'],
  e: [],
  f: ['and', 'T-cell/CD8+', 'it\'s "odd"', 'Größe', 'constructor'],
};

function matches(text: string): string {
  const filter = parseTags(text);
  return Object.entries(rois)
    .filter(([, tags]) => filter(tags))
    .map(([name]) => name)
    .join('');
}

/** Checks that it is refused where `^` stands, and what the message says. */
function refuses(marked: string, message: RegExp): void {
  const position = marked.indexOf('^');
  assert.throws(
    () => parseTags(marked.replace('^', '')),
    (error) => {
      assert.ok(isExportError(error, 'FilterInvalid'), String(error));
      assert.deepEqual(error.details, { position }, `${marked}: ${error.message}`);
      assert.match(error.message, message);
      assert.ok(!/[\r\n]/.test(error.message));
      return true;
    },
  );
}

describe('parseTags', () => {
  const table: [text: string, found: string][] = [
    ['good', 'abd'],
    ['(good & figure1) & !excluded', 'a'],
    ['good and figure1 and not excluded', 'a'],
    ['good&figure1&~excluded', 'a'],
    ['figure1 | "needs review"', 'abcd'],
    ["figure1 or 'needs review'", 'abcd'],
    ['excluded | figure1 & good', 'ab'],
    ['(excluded | figure1) & good', 'ab'],
    ['figure1 | good & excluded', 'abc'],
    ['(figure1 | good) & excluded', 'b'],
    ['!figure1 & good', 'd'],
    ['!(figure1 & good)', 'cdef'],
    ['not figure1 or excluded', 'bdef'],
    ['!!good', 'abd'],
    ['! not ~ good', 'cef'],
    ['Good', ''],
    ['goo', ''],
    ['"and"', 'f'],
    ['T-cell/CD8+ & Größe', 'f'],
    ['"it\'s \\"odd\\""', 'f'],
    ["'it\\'s \"odd\"'", 'f'],
    ['constructor', 'f'],
    ['  ( ( good ) )  ', 'abd'],
    ['"good"&"figure1"', 'ab'],
  ];
  for (const [text, found] of table) {
    it(`${text} finds ${found === '' ? 'none' : found}`, () => {
      assert.equal(matches(text), found);
    });
  }

  it('says where a fault is and what to do', () => {
    refuses('^', /Expected a tag, but found the end at character 1/);
    refuses('good & ^', /Expected a tag, but found the end/);
    refuses('^& good', /Expected a tag, but found "&"/);
    refuses('(good & figure1^', /Expected "&", "\|" or "\)", but found the end/);
    refuses('good^)', /Expected "&", "\|" or the end, but found "\)"/);
    refuses('(^)', /Expected a tag, but found "\)"/);
    refuses(
      'needs ^review',
      /Expected "&", "\|" or the end, but found "review".*A tag with blanks is written in quotes/,
    );
    refuses('good ^AND bad', /Write and\.$/);
    refuses('NOT ^good', /Write not\.$/);
    refuses('good ^&& bad', /Write &\.$/);
    refuses('good ^|| bad', /Write \|\.$/);
    refuses('good^, bad', /Write & or \|\.$/);
    refuses('good & ^“needs review”', /Write straight quotes/);
    refuses('good & ^"bad', /that ends with ", but found that it is never closed/);
    refuses("good & ^'", /that ends with '/);
    refuses('good | ^""', /which is empty/);
    refuses('good ^constructor', /A tag with blanks is written in quotes/);
    refuses('good ^!bad', /but found "!"/);
    refuses('good ^"needs review"', /but found ""needs review""/);
    refuses('𝒂 ^b', /at character 3/);
  });

  it('has no depth or length that ends in a crash', () => {
    refuses(`${'('.repeat(100)}^(good`, /at most 100 parentheses/);
    assert.equal(parseTags(`${'('.repeat(100)}good${')'.repeat(100)}`)(['good']), true);
    assert.equal(parseTags(Array.from({ length: 200 }, () => '(good)').join(' & '))(['good']), true);
    assert.equal(parseTags(`${'!'.repeat(100_001)}good`)(['good']), false);
    assert.equal(parseTags(Array.from({ length: 100_000 }, (_, i) => `t${i}`).join(' | '))(['t99999']), true);
  });
});
