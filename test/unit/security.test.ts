import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..', '..');
const text = readFileSync(path.join(root, 'SECURITY.md'), 'utf8');

describe('SECURITY.md', () => {
  it('names tests that are there, for every row', () => {
    const rows = text.split('\n').filter((line) => /^\| (?!who sends)[^-]/.test(line));
    assert.ok(rows.length >= 15, `${rows.length} rows`);
    for (const row of rows) {
      const tests = [...row.matchAll(/`(test\/[\w/.]+\.test\.ts)`: \*([^*]+)\*/g)];
      assert.ok(tests.length > 0, row);
      for (const [, file, title] of tests) {
        assert.ok(existsSync(path.join(root, file)), file);
        const titles = [
          ...readFileSync(path.join(root, file), 'utf8').matchAll(
            /\b(?:it|describe)\(\s*(['"`])((?:\\.|(?!\1)[^])*)\1/g,
          ),
        ].map(([, , found]) => found);
        assert.ok(
          titles.some((found) => found.includes(title)),
          `${title} in ${file}`,
        );
      }
    }
  });
});
