import assert from 'node:assert/strict';
import { freeFileName } from '../../src/core/import/freeFileName';
import { ownFileText } from '../../src/core/store/ownFile';

describe('ownFileText', () => {
  it('puts lists of numbers on one line, and leaves texts alone', () => {
    const text = '[ 1, 2 ]\n[\n 3 ]';
    const content = { text, numbers: [1, -2.5, 1e-7], nested: [[1, 2], [3]], mixed: [1, 'a'], empty: [] };
    assert.equal(
      ownFileText('rois', content),
      `{
  "$schema": "multiplex-batch-export:/rois.schema.json",
  "version": 1,
  "text": "[ 1, 2 ]\\\\n[\\\\n 3 ]",
  "numbers": [1, -2.5, 1e-7],
  "nested": [
    [1, 2],
    [3]
  ],
  "mixed": [
    1,
    "a"
  ],
  "empty": []
}
`.replaceAll('\\\\', '\\'),
    );
    assert.deepEqual(JSON.parse(ownFileText('rois', content)), {
      $schema: 'multiplex-batch-export:/rois.schema.json',
      version: 1,
      ...content,
    });
  });

  it("keeps the file's own $schema, first", () => {
    assert.equal(
      ownFileText('dataset', { version: 1, $schema: './x.json' }),
      '{\n  "$schema": "./x.json",\n  "version": 1\n}\n',
    );
  });
});

describe('freeFileName', () => {
  it('keeps letters and digits of any script, in lower case', () => {
    const name = (text: string): string => freeFileName(text, '.json', new Set());
    assert.deepEqual(
      ['My figure 1!', 'Größe: ÄB', '细胞', '../../etc/passwd', '  ', 'a'.repeat(300), 'CD8+_x'].map(name),
      [
        'my-figure-1.json',
        'größe-äb.json',
        '细胞.json',
        'etc-passwd.json',
        'unnamed.json',
        `${'a'.repeat(60)}.json`,
        'cd8-_x.json',
      ],
    );
  });

  it('gives a number to a name that is taken, whatever its letter case or composition', () => {
    const taken = new Set(['A.json', 'Größe.json'.normalize('NFD')]);
    const names = ['a', 'A', 'größe'].map((name) => freeFileName(name, '.json', taken));
    assert.deepEqual(names, ['a-2.json', 'a-3.json', 'größe-2.json']);
  });
});
