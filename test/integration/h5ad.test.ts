import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { CellColumn } from '../../src/core/model/cellColumn';
import type { Problem } from '../../src/core/model/dataset';
import { isExportError } from '../../src/core/model/exportError';
import { openDataset } from '../../src/core/read/openDataset';
import { patienceOf, readH5ad } from '../../src/core/read/table/h5ad/readH5ad';
import { readCellValues } from '../../src/core/read/table/readCellValues';
import { readColumns } from '../../src/core/read/table/readColumns';
import { readTableSummary } from '../../src/core/read/table/readTableSummary';
import { readManifest, realDataFolder, smallDataset } from '../support/dataset';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

type Value = string | number | null;

/** Made by h5py; see generateH5ad.py. */
const { tables, broken, unread, claims, real } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'expected', 'h5ad.json'), 'utf8'),
) as {
  tables: Record<string, { zlib: string; columns: Record<string, Value[]> }>;
  broken: Record<string, { zlib: string; column: string | null; reason: string }>;
  unread: string;
  claims: Record<string, { zlib: string; reason: string }>;
  real: Record<string, Record<string, { first: number[]; sum: number }>>;
};

/** Written by anndata; see generateFilters.py. */
const slashes = (
  JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'filters.json'), 'utf8')) as { h5ad: { zlib: string } }
).h5ad.zlib;

function write(zlib: string, folder = temporaryFolder()): string {
  const file = path.join(folder, 'cell_table.h5ad');
  writeFileSync(file, inflateSync(Buffer.from(zlib, 'base64')));
  return file;
}

function valuesOf(column: CellColumn): Value[] {
  if (column.kind === 'number') return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
  return Array.from(column.codes, (code) => (code < 0 ? null : column.texts[code]));
}

describe('AnnData tables', () => {
  for (const [name, { zlib, columns: expected }] of Object.entries(tables)) {
    it(`hold what h5py wrote: ${name}`, async () => {
      const file = write(zlib);
      const names = Object.keys(expected);
      const summary = await readTableSummary(file, []);
      assert.deepEqual(summary, {
        file,
        rows: 4,
        columns: [...names.filter((each) => each !== 'obs_names'), 'obs_names'],
      });
      const { rows, columns } = await readColumns(file, names);
      assert.equal(rows, 4);
      for (const each of names) assert.deepEqual(valuesOf(columns.get(each)!), expected[each], each);
    });
  }

  it('say themselves what is a number and what a text', async () => {
    const { columns } = await readColumns(write(tables['modern, dense'].zlib), ['leiden', 'batch', 'label']);
    assert.deepEqual(
      [...columns.values()].map(({ kind }) => kind),
      ['text', 'number', 'number'],
    );
  });

  it('give columns as they are written, and values by cell', async () => {
    const file = write(tables['modern, dense'].zlib);
    const { asWritten } = await readColumns(file, [], undefined, ['label', 'kind']);
    const [label, kind] = ['label', 'kind'].map((name) => asWritten.get(name)!);
    assert.deepEqual(
      Array.from(label.codes, (code) => label.texts[code]),
      ['7', '9', '7', '9'],
    );
    assert.deepEqual(
      Array.from(kind.codes, (code) => kind.texts[code]),
      ['T cell', '', 'B, cell', 'T cell'],
    );
    const { byFov } = await readCellValues(file, { fov: 'fov', label: 'label' }, 'kind');
    assert.deepEqual(
      [...byFov.get('B')!],
      [
        [7, 'B, cell'],
        [9, 'T cell'],
      ],
    );
  });

  for (const [name, { zlib, column, reason }] of Object.entries(broken)) {
    it(`are refused with the reason: ${name}`, async () => {
      const file = write(zlib);
      await assert.rejects(readColumns(file, column === null ? ['area'] : [column]), (error: Error) => {
        assert.ok(isExportError(error, 'DatasetInvalid'), error.message);
        assert.ok(error.message.startsWith(`Expected an AnnData table in ${file}, but `), error.message);
        assert.match(error.message, new RegExp(reason));
        assert.ok(!error.message.includes('HDF5-DIAG') && error.message.length < 400, error.message);
        return true;
      });
      // The library goes on after it.
      assert.equal((await readColumns(write(tables['modern, csr'].zlib), ['CD8'])).rows, 4);
    });
  }

  it('are read but for the columns that cannot be, which are named', async () => {
    const folder = smallDataset(['A']);
    const file = write(unread, folder);
    const { cellTable, cellTableProblem, warnings } = await openDataset(folder);
    assert.deepEqual([cellTable?.columns, cellTableProblem], [['label', 'obs_names'], undefined]);
    assert.deepEqual(
      warnings.filter(({ code }) => code !== 'FovAssumed'),
      [
        {
          code: 'ColumnNotFound',
          message: `Expected to read every column of ${file}, but had to leave some out: gone is not in the file, odd is kept in a way that is not known here.`,
        },
      ],
    );
    await assert.rejects(readColumns(file, ['odd']), {
      code: 'ColumnNotFound',
      message: `Expected column odd in ${file}, but it is kept in a way that is not known here.`,
    });
  });

  it('have columns whose names have slashes, and say that a table of obsm is not read', async () => {
    const file = write(slashes);
    const warnings: Problem[] = [];
    const summary = await readTableSummary(file, warnings);
    assert.deepEqual(summary?.columns.slice(4, 7), ['HLA-DR/DP', 'CD4/CD8/ratio', 'PD-1/PD-L1']);
    assert.deepEqual(
      warnings.map(({ code, message }) => [code, message]),
      [
        [
          'ColumnNotFound',
          `Expected to read every column of ${file}, but had to leave some out: spatial of obsm is a table (a DataFrame), of which only those in obs are read; put its columns there.`,
        ],
      ],
    );
    const { columns } = await readColumns(file, ['HLA-DR/DP', 'CD4/CD8/ratio', 'PD-1/PD-L1', 'stage']);
    const [half, ratio, ligand, stage] = [...columns.values()];
    assert.deepEqual(valuesOf(half), [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5]);
    assert.deepEqual(valuesOf(ratio).slice(0, 4), ['low', 'high', null, 'medium']);
    assert.deepEqual(valuesOf(ligand), [5, 3, null, 7, 5, null, 0, 2, 9, 5, null, 1]);
    assert.deepEqual([half.order, ratio.order, stage.order], [undefined, ['low', 'medium', 'high'], [2, 3, 1]]);
    assert.deepEqual([half.isNullable, ligand.isNullable], [undefined, true]);
  });

  for (const [name, { zlib, reason }] of Object.entries(claims)) {
    it(`do not take all memory for what they claim: ${name}`, () => {
      const folder = smallDataset(['A']);
      write(zlib, folder);
      const flags = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--dry-run'];
      const { exitCode, stderr } = runCli('cells', folder, ...flags, '--out', path.join(temporaryFolder(), 'out'));
      assert.match(
        stderr,
        new RegExp(`^(DatasetInvalid: )?Expected an AnnData table in [^\\n]*, but ${reason}\\.`, 'm'),
      );
      assert.equal(exitCode, 2);
    });
  }

  it('are given up when their time is up, and when nobody waits for them', async () => {
    const file = write(tables['modern, csr'].zlib);
    await assert.rejects(readH5ad(file, ['CD8'], undefined, 1), /could not be read within 0.001 seconds/);
    // A small one must be given up within ten seconds, start and end of the program included.
    assert.deepEqual([1, 1e7, 2e7, 1e10].map(patienceOf), [8_000, 8_000, 16_000, 120_000]);
    // Before the thread that reads is there, and when it is.
    for (const isThere of [false, true]) {
      const controller = new AbortController();
      const reading = readH5ad(file, ['CD8'], controller.signal);
      if (isThere) await once(process, 'worker');
      controller.abort();
      await assert.rejects(reading, { name: 'AbortError' });
    }
  });

  it('name the columns that they have where one is not there', async () => {
    await assert.rejects(readColumns(write(tables['anndata 0.7'].zlib), ['cell_type']), (error: Error) => {
      assert.ok(isExportError(error, 'ColumnNotFound'));
      assert.match(error.message, /Expected column cell_type in .*, but found fov, label, CD3, obs_names/);
      return true;
    });
  });

  it('are found, filtered, and colour cells on the command line', () => {
    const folder = smallDataset(['A', 'B']);
    write(tables['modern, csr'].zlib, folder);
    const out = path.join(temporaryFolder(), 'out');
    const mask = ['--mask', 'whole_cell,mode=fill,color=by:kind'];
    const where = ['--where', 'CD8 != 0 and leiden == "0" and sure is not null'];
    const flags = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--center', 'mask', '--name', '{fov}-{kind}'];
    const { exitCode, stderr } = runCli('cells', folder, ...flags, ...mask, ...where, '--out', out);
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(
      readManifest(out).map(({ item, path: file }) => [item, file]),
      [
        ['A:7', 'A-T_cell.png'],
        ['B:9', 'B-T_cell.png'],
      ],
    );
  });

  const data = realDataFolder();
  for (const [name, expected] of Object.entries(real)) {
    it(`hold what h5py reads: ${name}`, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const { columns } = await readColumns(path.join(data, name), Object.keys(expected));
      for (const [column, { first, sum }] of Object.entries(expected)) {
        const found = columns.get(column)!;
        assert.ok(found.kind === 'number', column);
        assert.deepEqual([...found.values.subarray(0, 3)], first, column);
        const total = found.values.reduce((all, value) => all + (Number.isNaN(value) ? 0 : value), 0);
        assert.ok(Math.abs(total - sum) <= 1e-9 * Math.abs(sum), `${column}: ${total} is not ${sum}`);
      }
    });
  }
});
