import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isExportError } from '../../src/core/model/exportError';
import { scanTable } from '../../src/core/read/table/scanTable';
import { realDataFolder } from '../support/dataset';

const data = realDataFolder();

interface Reading {
  readonly encoding: string;
  readonly delimiter: string;
  readonly rows: number;
  readonly columns: number;
  readonly hashedColumns: number;
  readonly sha256: string;
}

/** What the reference reads in a file, or why nothing may be read in it. */
type Outcome = Reading | { readonly code: string; readonly reason: string };

/** The reference's names. */
const encodings: Record<string, string> = { 'utf-8': 'utf-8-sig', 'utf-16le': 'utf-16', 'windows-1252': 'cp1252' };

/** What we read in a file, in the form of the reference; generateCsv.py says what is hashed. */
async function readWhole(file: string): Promise<Reading> {
  const { columns } = await scanTable(file, []);
  const askable = columns.filter((name) => columns.indexOf(name) === columns.lastIndexOf(name));
  const hash = createHash('sha256');
  const add = (cells: readonly string[]): void => {
    hash.update(`${cells.map((cell) => `${Buffer.byteLength(cell)}:${cell}`).join('')}\n`);
  };
  add(columns);
  const { rows, encoding, delimiter } = await scanTable(file, askable, add);
  return {
    columns: columns.length,
    delimiter,
    encoding: encodings[encoding],
    hashedColumns: askable.length,
    rows,
    sha256: hash.digest('hex'),
  };
}

describe('odd and hostile tables read exactly, or are refused with a code', () => {
  const table = path.join(__dirname, '..', 'expected', 'csvOutcomes.json');
  const { files } = JSON.parse(readFileSync(table, 'utf8')) as { files: Record<string, Outcome> };
  if (!data) {
    it('needs the real data: set MBE_DATA to its folder');
    return;
  }

  for (const [file, expected] of Object.entries(files)) {
    if ('code' in expected) {
      it(`${file}: ${expected.code}, ${expected.reason}`, () =>
        assert.rejects(scanTable(path.join(data, file), []), (error) => {
          assert.ok(isExportError(error), String(error));
          assert.equal(error.code, expected.code);
          return true;
        }));
    } else {
      it(`${file}: ${expected.rows} rows, ${expected.columns} columns`, async () => {
        assert.deepEqual(await readWhole(path.join(data, file)), expected);
      });
    }
  }

  it('has an outcome for every file', () => {
    const found = ['csv', 'tables'].flatMap((top) =>
      readdirSync(path.join(data, top), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(data, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/')),
    );
    assert.deepEqual(
      found.filter((file) => !(file in files)),
      [],
    );
  });
});
