import assert from 'node:assert/strict';
import { appendFileSync, closeSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { CellColumn } from '../../src/core/model/cellColumn';
import { isExportError } from '../../src/core/model/exportError';
import { readColumns } from '../../src/core/read/table/readColumns';
import { ourModule, runAlone } from '../support/runAlone';
import { temporaryFolder } from '../support/temporaryFolder';

/** A file with this content. */
function fileOf(content: string): string {
  const file = path.join(temporaryFolder(), 'cells.csv');
  writeFileSync(file, content);
  return file;
}

type Values = readonly (number | string | null)[];

/** The values of a column: numbers, texts, `null` where one is missing. */
function valuesOf(column: CellColumn): Values {
  return column.kind === 'number'
    ? Array.from(column.values, (value) => (Number.isNaN(value) ? null : value))
    : Array.from(column.codes, (code) => (code < 0 ? null : column.texts[code]));
}

/** The only asked column of a table with these cells below each other. */
async function columnOf(cells: readonly string[], delimiter = ','): Promise<CellColumn> {
  const quoted = cells.map((cell) => (/[",;\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  const lines = ['x,value,y', ...quoted.map((cell) => `1,${cell},2`)].map((line) =>
    delimiter === ',' ? line : line.replace(/^(1|x),/, `$1${delimiter}`).replace(/,(2|y)$/, `${delimiter}$1`),
  );
  const { rows, columns, facts } = await readColumns(fileOf(`${lines.join('\n')}\n`), ['value']);
  assert.deepEqual([rows, facts.rows, facts.delimiter], [cells.length, cells.length, delimiter]);
  assert.deepEqual([...columns.keys()], ['value']);
  return columns.get('value')!;
}

async function isRead(
  cells: readonly string[],
  kind: CellColumn['kind'],
  values: Values,
  delimiter = ',',
): Promise<void> {
  const column = await columnOf(cells, delimiter);
  assert.deepEqual([column.kind, valuesOf(column)], [kind, values], JSON.stringify(cells));
}

describe('readColumns: numbers or texts', () => {
  it('reads a column of numbers only as numbers', async () => {
    await isRead(['1', '-2.5', ' 3 ', '+4e-2', '.5', '5.', 'inf', '-Infinity', '-0'], 'number', [
      1,
      -2.5,
      3,
      0.04,
      0.5,
      5,
      Infinity,
      -Infinity,
      -0,
    ]);
    await isRead(['3', '3.0', '03'], 'number', [3, 3, 3]);
  });

  it('leaves what is missing out of the decision, in every spelling', async () => {
    const missing = ['', ' ', 'NA', 'nan', 'NaN', '-nan', 'NULL', 'null', 'N/A', 'n/a', '<NA>', '#N/A'];
    const nothing = missing.map(() => null);
    await isRead([...missing, '1', ...missing], 'number', [...nothing, 1, ...nothing]);
    await isRead([...missing, 'T', ...missing], 'text', [...nothing, 'T', ...nothing]);
    await isRead(missing, 'number', nothing);
    await isRead([], 'number', []);
  });

  it('keeps texts exactly, each once', async () => {
    const cells = [
      'T cell',
      ' T cell',
      'T cell',
      'it"s',
      'a,b',
      'two\nlines',
      'True',
      'None',
      '0x10',
      '1_000',
      '1,500',
      '中😀',
    ];
    await isRead(cells, 'text', cells);
    const column = await columnOf(['B', 'A', 'B', '', 'A']);
    assert.deepEqual(column, {
      kind: 'text',
      name: 'value',
      codes: Int32Array.from([0, 1, 0, -1, 1]),
      texts: ['B', 'A'],
    });
    assert.ok(column.kind === 'text' && column.codes instanceof Int32Array);
  });

  it('makes texts of all values if one is a text, as they are written', async () => {
    await isRead(['1', '2.0', '', 'x', '3e2', '2.0'], 'text', ['1', '2.0', null, 'x', '3e2', '2.0']);
    await isRead(['x', '1.50', '2'], 'text', ['x', '1.50', '2']);
    await isRead(['', 'NA', 'x', '1.50'], 'text', [null, null, 'x', '1.50']);
    await isRead(['True', 'False', ''], 'text', ['True', 'False', null]);
  });

  it('finds a text after 100 000 numbers', async () => {
    const cells = Array.from({ length: 100_000 }, (_, i) => (i / 8).toFixed(2));
    const column = await columnOf([...cells, 'late', '7.00']);
    assert.equal(column.kind, 'text');
    assert.deepEqual(valuesOf(column), [...cells, 'late', '7.00']);
    const numbers = await columnOf(cells);
    assert.ok(numbers.kind === 'number' && numbers.values instanceof Float64Array);
    assert.deepEqual(valuesOf(numbers), cells.map(Number));
  });

  it('fills whole blocks, and less and more than whole ones', async () => {
    for (const count of [16_383, 16_384, 16_385, 32_768]) {
      const numbers = Array.from({ length: count }, (_, i) => i);
      await isRead(numbers.map(String), 'number', numbers);
      const texts = numbers.map((i) => `t${i % 5}`);
      await isRead(texts, 'text', texts);
      await isRead([...numbers.map(() => ''), 'x'], 'text', [...numbers.map(() => null), 'x']);
    }
  });
});

describe('readColumns: decimal commas', () => {
  it('takes them where the delimiter is another and no value has a point', async () => {
    for (const delimiter of [';', '\t']) {
      await isRead(['1,5', '2', '', '-3,25e1', ',5', '4,'], 'number', [1.5, 2, null, -32.5, 0.5, 4], delimiter);
      await isRead(['1.5', '2'], 'number', [1.5, 2], delimiter);
    }
  });

  it('makes texts of both together, and of commas where the comma delimits', async () => {
    await isRead(['1,5', '2.5'], 'text', ['1,5', '2.5'], ';');
    await isRead(['2.5', '1,5'], 'text', ['2.5', '1,5'], ';');
    await isRead(['1,5', '5.'], 'text', ['1,5', '5.'], ';');
    await isRead(['1,5', '1.234,5'], 'text', ['1,5', '1.234,5'], ';');
    await isRead(['2', ',5'], 'text', ['2', ',5'], ';');
    await isRead(['1,5', '2'], 'text', ['1,5', '2']);
    await isRead(['1,5', 'x', '2'], 'text', ['1,5', 'x', '2'], ';');
  });

  it('decides for each column', async () => {
    const { columns } = await readColumns(fileOf('a;b;c\n1,5;1.5;x\n2;2;1,5\n'), ['a', 'b', 'c']);
    assert.deepEqual([...columns.values()].map(valuesOf), [
      [1.5, 2],
      [1.5, 2],
      ['x', '1,5'],
    ]);
  });
});

describe('readColumns: tables', () => {
  const file = fileOf('fov,label,area,type,mixed\n007,1,5.5,T,1\n7,2,,B\n,3,6,,x\nNA,4,7,T,2\n');

  it('gives the asked columns in the order of the request, each once, and the rows and facts of the table', async () => {
    const { rows, columns, facts, asWritten } = await readColumns(file, ['mixed', 'area', 'type', 'area', 'label']);
    assert.deepEqual(
      [...columns].map(([name, column]) => [name, column.name, column.kind, valuesOf(column)]),
      [
        ['mixed', 'mixed', 'text', ['1', null, 'x', '2']],
        ['area', 'area', 'number', [5.5, null, 6, 7]],
        ['type', 'type', 'text', ['T', 'B', null, 'T']],
        ['label', 'label', 'number', [1, 2, 3, 4]],
      ],
    );
    assert.deepEqual([rows, facts.columns, asWritten.size], [4, ['fov', 'label', 'area', 'type', 'mixed'], 0]);
    assert.deepEqual([(await readColumns(file, [])).rows, (await readColumns(file, [])).columns.size], [4, 0]);
  });

  it('keeps columns as they are written where asked, besides the same ones by type', async () => {
    const { columns, asWritten } = await readColumns(file, ['fov'], undefined, ['fov', 'mixed', 'fov']);
    assert.deepEqual(valuesOf(columns.get('fov')!), [7, 7, null, null]);
    assert.deepEqual(
      [...asWritten].map(([name, column]) => [name, valuesOf(column)]),
      [
        ['fov', ['007', '7', '', 'NA']],
        ['mixed', ['1', '', 'x', '2']],
      ],
    );
  });

  it('refuses as scanTable does', async () => {
    const refuses = (reading: Promise<unknown>, code: 'ColumnNotFound' | 'DatasetInvalid'): Promise<void> =>
      assert.rejects(reading, (error) => isExportError(error, code));
    await refuses(readColumns(file, ['area', 'Area']), 'ColumnNotFound');
    await refuses(readColumns(file, ['area'], undefined, ['no']), 'ColumnNotFound');
    await refuses(readColumns(`${file}.no`, []), 'DatasetInvalid');
    await refuses(readColumns(fileOf('a,a\n1,2\n'), ['a']), 'DatasetInvalid');
    await assert.rejects(readColumns(file, ['area'], AbortSignal.abort()), { name: 'AbortError' });
  });

  it('refuses a file that changes between its two readings', async () => {
    const row = `${'x'.repeat(100)},1\n`;
    const changing = fileOf(`a,b\n${row.repeat(6000)}y,z\n`);
    const blocks = Math.ceil(statSync(changing).size / 2 ** 18);
    let asked = 0;
    // In the first block of the second reading.
    const throwIfAborted = (): void => {
      if (++asked === blocks + 1) appendFileSync(changing, row);
    };
    await assert.rejects(readColumns(changing, ['b'], { throwIfAborted } as AbortSignal), (error) => {
      assert.ok(isExportError(error, 'DatasetInvalid'), String(error));
      assert.match(error.message, /changed while it was read/);
      return true;
    });
    const { columns } = await readColumns(changing, ['b']);
    assert.deepEqual(valuesOf(columns.get('b')!).slice(-2), ['z', '1']);
  });
});

describe('readColumns: memory', () => {
  const rows = 1_000_000;

  /** A table of so many rows, in pieces. */
  function largeFile(): string {
    const file = path.join(temporaryFolder(), 'large.csv');
    const handle = openSync(file, 'w');
    writeSync(handle, 'fov,label,area,type,late,unused\n');
    for (let start = 0; start < rows; start += 10_000) {
      let lines = '';
      for (let i = start; i < start + 10_000; i++)
        lines += `FOV${i % 50},${i},${i / 8},type ${i % 12},${i === rows - 1 ? 'text' : i % 100},some more text\n`;
      writeSync(handle, lines);
    }
    closeSync(handle);
    return file;
  }

  it('is that of the values, for a million rows', () => {
    const file = largeFile();
    const found = runAlone(`
      const { readColumns } = require(${ourModule('core', 'read', 'table', 'readColumns.ts')});
      const before = process.memoryUsage();
      readColumns(${JSON.stringify(file)}, ['fov', 'label', 'area', 'type', 'late']).then(({ rows, columns }) => {
        const peakMb = (process.resourceUsage().maxRSS * 1024 - before.rss) / 1e6;
        const keptMb = (process.memoryUsage().arrayBuffers - before.arrayBuffers) / 1e6;
        const kinds = [...columns.values()].map(({ kind }) => kind);
        console.log(JSON.stringify({ rows, kinds, texts: columns.get('late').texts.length, peakMb, keptMb }));
      });`) as Record<'rows' | 'texts' | 'peakMb' | 'keptMb', number> & { kinds: string[] };
    assert.deepEqual([found.rows, found.kinds, found.texts], [rows, ['text', 'number', 'number', 'text', 'text'], 101]);
    assert.ok(found.keptMb < 100, `${found.keptMb} MB`); // 2 × 8 MB of numbers, 3 × 4 MB of codes, and pieces that wait for collection
    assert.ok(found.peakMb < 250, `${found.peakMb} MB`); // texts of five columns alone would be 200 MB and more
  });
});
