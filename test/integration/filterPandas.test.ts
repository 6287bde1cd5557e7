import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { isExportError } from '../../src/core/model/exportError';
import { readColumns, type TableColumns } from '../../src/core/read/table/readColumns';
import { scanTable } from '../../src/core/read/table/scanTable';
import { applyFilter } from '../../src/core/select/applyFilter';
import { parseFilter } from '../../src/core/select/parseFilter';
import { realDataFolder } from '../support/dataset';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

interface GeneratedCase {
  readonly filter: string;
  /** Row numbers from 0, with blanks between. */
  readonly rows?: string;
  /** The exception of pandas. */
  readonly refused?: string;
}

interface RealTable {
  readonly rows: number;
  readonly filters: readonly { readonly filter: string; readonly count: number; readonly sha256: string }[];
}

const { generated, h5ad, real } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'expected', 'filters.json'), 'utf8'),
) as {
  generated: { csv: string; filters: GeneratedCase[] };
  h5ad: { zlib: string; filters: GeneratedCase[] };
  real: Record<string, RealTable>;
};

/** The numbers of the rows that a filter matches in a table, from 0. */
async function matchingRows(file: string, text: string): Promise<number[]> {
  return matchesIn(await readColumns(file, parseFilter(text).columns), text);
}

function matchesIn({ rows, columns }: TableColumns, text: string): number[] {
  const matches = applyFilter(parseFilter(text), columns, rows);
  assert.equal(matches.length, rows);
  assert.ok(matches.every((match) => match === 0 || match === 1));
  return [...matches.keys()].filter((row) => matches[row] === 1);
}

function findsThem(find: (text: string) => Promise<number[]>, filters: readonly GeneratedCase[]): void {
  for (const { filter, rows, refused } of filters)
    it(`${filter.trim()}${refused ? ': refused' : ''}`, async () => {
      if (rows !== undefined) assert.equal((await find(filter)).join(' '), rows);
      else
        await assert.rejects(find(filter), (error) => {
          assert.ok(isExportError(error, 'FilterInvalid'), String(error));
          return true;
        });
    });
}

describe('filters find the rows that pandas finds: AnnData with ordered categories, nullable types and slashes', () => {
  // Read once: each reading is a thread of its own.
  let table: Promise<TableColumns> | undefined;
  const find = async (text: string): Promise<number[]> => {
    const file = path.join(temporaryFolder(), 'cells.h5ad');
    writeFileSync(file, inflateSync(Buffer.from(h5ad.zlib, 'base64')));
    const names = h5ad.filters.flatMap(({ filter }) => parseFilter(filter).columns);
    table ??= readColumns(file, names);
    return matchesIn(await table, text);
  };
  findsThem(find, h5ad.filters);

  it('names the ordered categories where another text is compared', async () => {
    await assert.rejects(
      find('`CD4/CD8/ratio` < "absent"'),
      /^ExportError: Expected one of the ordered categories of column "CD4\/CD8\/ratio" \(low, medium, high\), but found the text "absent" at character 19/,
    );
    await assert.rejects(
      find('grade < other'),
      /Expected two columns of the same ordered categories around "<", but found column "grade" of the ordered categories low, medium, high and column "other" of the ordered categories high, medium, low at/,
    );
  });
});

describe('filters find the rows that pandas finds: a generated table', () => {
  const file = path.join(temporaryFolder(), 'cells.csv');
  before(() => {
    writeFileSync(file, generated.csv);
  });
  findsThem((text) => matchingRows(file, text), generated.filters);

  it('has many filters, each of which matches some rows and not others in most cases', () => {
    const telling = generated.filters.filter(({ rows }) => rows && rows.split(' ').length < 200);
    assert.ok(telling.length > 120, String(telling.length));
  });
});

describe('filters find the rows that pandas finds: real tables', () => {
  const data = realDataFolder();
  for (const [table, { rows, filters }] of Object.entries(real))
    it(`${table}: ${filters.length} filters`, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const file = path.join(data, table);
      assert.equal((await scanTable(file, [])).rows, rows);
      for (const { filter, count, sha256 } of filters) {
        const found = await matchingRows(file, filter);
        assert.equal(found.length, count, filter);
        assert.equal(createHash('sha256').update(found.join(' ')).digest('hex'), sha256, filter);
      }
    });
});
