import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { CellColumn } from '../../src/core/model/cellColumn';
import { readColumns } from '../../src/core/read/table/readColumns';
import { readTableSummary } from '../../src/core/read/table/readTableSummary';
import { realDataFolder, smallDataset } from '../support/dataset';
import { type CliResult, runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

interface ExpectedColumn {
  readonly name: string;
  readonly kind: CellColumn['kind'];
  readonly values: readonly (string | number | null)[];
}

const expected = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'h5adIndependent.json'), 'utf8')) as {
  readonly good: readonly { readonly name: string; readonly columns: readonly ExpectedColumn[] }[];
  readonly hostile: readonly string[];
  readonly blobBytes: readonly number[];
  readonly blobs: string;
  readonly other: string;
  readonly real: Readonly<Record<string, { readonly rows: number; readonly columns: Record<string, string> }>>;
};

const contents: Buffer[] = [];
{
  const all = inflateSync(Buffer.from(expected.blobs, 'base64'));
  let at = 0;
  for (const bytes of expected.blobBytes) contents.push(all.subarray(at, (at += bytes)));
}

function fileOf(content: Buffer): string {
  const file = path.join(temporaryFolder(), 'cell_table.h5ad');
  writeFileSync(file, content);
  return file;
}

function valuesOf(column: CellColumn): (string | number | null)[] {
  if (column.kind === 'text') return Array.from(column.codes, (code) => (code < 0 ? null : column.texts[code]));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? null : value === Infinity ? 'inf' : value));
}

/** As in generateH5adIndependent.py. */
function fingerprint(column: CellColumn): string {
  const hash = createHash('sha256');
  if (column.kind === 'text') {
    for (const code of column.codes) {
      const text = code < 0 ? undefined : column.texts[code];
      hash.update(text === undefined ? '-;' : `${Buffer.byteLength(text)}:${text};`);
    }
  } else {
    const bytes = Buffer.alloc(9);
    for (const value of column.values) {
      bytes.writeDoubleLE(Number.isNaN(value) ? 0 : value);
      bytes.write(Number.isNaN(value) ? '-' : '+', 8);
      hash.update(bytes);
    }
  }
  return `${column.kind} ${hash.digest('hex').slice(0, 16)}`;
}

/** Reads a table as a user does: a damaged file must not hang. */
function cellsOf(table: string): CliResult {
  const flags = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--center', 'mask', '--where', 'DNA > -1e9'];
  const out = path.join(temporaryFolder(), 'out');
  return runCli('cells', smallDataset(['A', 'B']), ...flags, '--cell-table', table, '--out', out, '--dry-run');
}

describe('AnnData tables, by files laid out by hand', () => {
  for (const [i, { name, columns }] of expected.good.entries()) {
    it(`${name}: all columns, in UELer's order`, async () => {
      const file = fileOf(contents[i]);
      const summary = await readTableSummary(file, []);
      const names = columns.map((column) => column.name);
      assert.deepEqual([summary?.rows, summary?.columns], [4, names]);
      const found = await readColumns(file, names);
      const got = names.map((each) => {
        const column = found.columns.get(each)!;
        return { name: each, kind: column.kind, values: valuesOf(column) };
      });
      assert.deepEqual(got, columns);
    });
  }

  for (const [i, name] of expected.hostile.entries()) {
    it(`refused in one sentence: ${name}`, () => {
      const file = fileOf(contents[expected.good.length + i]);
      writeFileSync(path.join(path.dirname(file), 'labels.h5'), inflateSync(Buffer.from(expected.other, 'base64')));
      // What raw data outside of the file would be, where it is read from the folder in which we are.
      const labels = Buffer.alloc(32);
      for (const [row, label] of [7, 9, 7, 9].entries()) labels.writeBigInt64LE(BigInt(label), row * 8);
      writeFileSync(path.join(path.dirname(file), 'labels.bin'), labels);
      const { exitCode, stderr } = cellsOf(file);
      assert.equal(exitCode, 2, `exit ${exitCode}: ${stderr}`);
      assert.match(stderr, /^(DatasetInvalid|ColumnNotFound): Expected [^\n]* but [^\n]*\n$/);
      assert.doesNotMatch(stderr, /HDF5-DIAG|wasm|abort|Internal|could not be read within/i);
    });
  }

  const data = realDataFolder();
  for (const [name, { rows, columns }] of Object.entries(expected.real)) {
    it(`${name} holds what h5py reads in it`, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const file = path.join(data, name);
      const names = Object.keys(columns);
      if (name.includes('v0.7.8')) {
        await assert.rejects(readColumns(file, names), /DatasetInvalid|is compressed with lzf; write it with gzip/);
        return;
      }
      assert.deepEqual((await readTableSummary(file, []))?.columns, names);
      const found = await readColumns(file, names);
      assert.equal(found.rows, rows);
      assert.deepEqual(Object.fromEntries(names.map((each) => [each, fingerprint(found.columns.get(each)!)])), columns);
    });
  }
});
