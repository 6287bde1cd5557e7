import assert from 'node:assert/strict';
import { fromCell, manifestColumns, manifestCsv, parseManifest, toCell } from '../../src/core/job/manifestCsv';

/** What spreadsheets compute or may, and the cell that they show. */
const formulas: readonly [string, string][] = [
  ['=1+1', "'=1+1"],
  ['=', "'="],
  ['+', "'+"],
  ['-', "'-"],
  ['--1', "'--1"],
  ['-5abc', "'-5abc"],
  ['-5 ', "'-5 "],
  ['-1,000', "'-1,000"],
  ['- 5', "'- 5"],
  ['-0x10', "'-0x10"],
  ['-Infinity', "'-Infinity"],
  ['-1e', "'-1e"],
  ['-.', "'-."],
  ['-1\n', "'-1\n"],
  ['+SUM(A1)', "'+SUM(A1)"],
  ['@A1', "'@A1"],
  ['\t=1', "'\t=1"],
  ['\r=1', "'\r=1"],
  ["'=1+1", "''=1+1"],
  ["'quoted'", "''quoted'"],
  ["'", "''"],
];

const others = ['', '-5', '+5', '-0.5', '+1.5e3', '-2E-7', '-.5', '-5.', 'A-1', ' =1', '5', 'CD3=', 'x+y', '\n=1', 'β'];

describe('a cell of a manifest', () => {
  it('that would be a formula has an apostrophe before it, and a leading apostrophe is doubled', () => {
    for (const [text, cell] of formulas) assert.equal(toCell(text), cell, JSON.stringify(text));
  });

  it('is as it is where it is a number, or begins with something else', () => {
    for (const text of others) assert.equal(toCell(text), text, JSON.stringify(text));
  });

  it('is the text again when one apostrophe is taken away', () => {
    for (const [text, cell] of formulas) assert.equal(fromCell(cell), text, JSON.stringify(text));
    for (const text of others) assert.equal(fromCell(text), text, JSON.stringify(text));
  });

  it('of version 0.1, which put no apostrophe, keeps its own', () => {
    for (const cell of ["'quoted'", "'5", '=1+1', '-', "'-5", "'"]) assert.equal(fromCell(cell), cell);
  });
});

async function csvOf(rows: Parameters<typeof manifestCsv>[0]): Promise<string> {
  let csv = '';
  for await (const piece of manifestCsv(rows)) csv += piece;
  return csv;
}

describe('a manifest as CSV', () => {
  it('has every text again, in every column, beside commas, quotes and line breaks', async () => {
    const rows = [...formulas.map(([text]) => text), ...others, '=a,"b"\n'].map((text) => ({
      item: `${text}:1`,
      fov: text,
      note: `${text}"`,
      x: -3,
    }));
    const csv = await csvOf(rows);
    const nothing = Object.fromEntries(manifestColumns.map((column) => [column, '']));
    assert.deepEqual(
      parseManifest(csv),
      rows.map((row) => ({ ...nothing, ...row, x: '-3' })),
    );
    assert.equal(csv.split('\n')[1].split(',')[2], "'=1+1");
  });

  it('leaves numbers that are negative as they are: a region may begin beyond the image', async () => {
    const [, line] = (await csvOf([{ item: 'A', x: -3, y: -0.5 }])).split('\n');
    assert.deepEqual(line.split(',').slice(8, 10), ['-3', '-0.5']);
  });
});
