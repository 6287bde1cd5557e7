import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const source = path.join(__dirname, '../../src');
const declaration =
  /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm;

describe('the names that src exports', () => {
  it('mean one thing each, wherever they are read', () => {
    const homes = new Map<string, string[]>();
    for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts')) continue;
      for (const [, exported] of readFileSync(path.join(source, name), 'utf8').matchAll(declaration)) {
        homes.set(exported, [...(homes.get(exported) ?? []), name]);
      }
    }
    assert(homes.size > 1000, `found ${homes.size} names`);
    const shared = [...homes].filter(([, files]) => new Set(files).size > 1);
    assert.deepEqual(shared, []);
  });
});
