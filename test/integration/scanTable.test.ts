import assert from 'node:assert/strict';
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import type { Problem } from '../../src/core/model/dataset';
import { isExportError, type ExportErrorCode } from '../../src/core/model/exportError';
import { parseNumber } from '../../src/core/model/parseNumber';
import { readCellValues } from '../../src/core/read/table/readCellValues';
import { readTableSummary } from '../../src/core/read/table/readTableSummary';
import { scanTable, type TableFacts } from '../../src/core/read/table/scanTable';
import { ourModule, runAlone } from '../support/runAlone';
import { temporaryFolder } from '../support/temporaryFolder';

/** A file with this content; text is written as UTF-8. */
function fileOf(content: string | Uint8Array): string {
  const file = path.join(temporaryFolder(), 'cells.csv');
  writeFileSync(file, content);
  return file;
}

interface Reading {
  readonly columns: readonly string[];
  readonly cells: readonly (readonly string[])[];
  readonly facts: TableFacts;
}

/** All cells of a table. */
async function readAll(content: string | Uint8Array, blockBytes?: number): Promise<Reading> {
  const file = fileOf(content);
  const { columns } = await scanTable(file, []);
  const cells: (readonly string[])[] = [];
  const facts = await scanTable(file, columns, (values) => cells.push(values), { blockBytes });
  assert.equal(facts.rows, cells.length);
  assert.deepEqual(facts.columns, columns);
  return { columns, cells, facts };
}

async function refuses(reading: Promise<unknown>, code: ExportErrorCode, message: RegExp): Promise<void> {
  await assert.rejects(reading, (error) => {
    assert.ok(isExportError(error, code), String(error));
    assert.match(error.message, message);
    return true;
  });
}

function refusesText(content: string | Uint8Array, message: RegExp): Promise<void> {
  return refuses(scanTable(fileOf(content), []), 'DatasetInvalid', message);
}

function utf16(text: string, order: 'le' | 'be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'le' ? bytes : bytes.swap16();
}

const ab = { columns: ['a', 'b'], cells: [['1', '2']] };

async function readsAb(content: string | Uint8Array, facts: Partial<TableFacts> = {}): Promise<void> {
  const reading = await readAll(content);
  assert.deepEqual({ columns: reading.columns, cells: reading.cells }, ab, JSON.stringify(content));
  assert.deepEqual({ ...reading.facts, ...facts }, reading.facts);
}

describe('scanTable: encodings', () => {
  const table = 'a,µm²\nx,中😀\n';
  const expected = [['x', '中😀']];

  it('reads UTF-8, with and without byte order mark', async () => {
    for (const mark of ['', '\ufeff']) {
      const { columns, cells, facts } = await readAll(mark + table);
      assert.deepEqual([columns, cells, facts.encoding], [['a', 'µm²'], expected, 'utf-8']);
    }
  });

  it('reads UTF-16 of both orders, and without a mark where every second byte is zero', async () => {
    for (const order of ['le', 'be'] as const) {
      const { columns, cells, facts } = await readAll(utf16(`\ufeff${table}`, order));
      assert.deepEqual([columns, cells, facts.encoding], [['a', 'µm²'], expected, `utf-16${order}`]);
      await readsAb(utf16('a,b\n1,2\n', order), { encoding: `utf-16${order}` });
    }
  });

  it('refuses UTF-16 that ends within a character', () =>
    refusesText(Buffer.concat([utf16('\ufeffa,b\n1,2', 'le'), Buffer.of(0x41)]), /not valid UTF-16LE/));

  it('reads Windows-1252 when the first character beyond ASCII is not UTF-8', async () => {
    const bytes = Uint8Array.from({ length: 0x80 }, (_, i) => 0x80 + i);
    const { cells, facts } = await readAll(Buffer.concat([Buffer.from('a,b\nplain,'), bytes, Buffer.from('\n')]));
    assert.equal(facts.encoding, 'windows-1252');
    const text = cells[0][1];
    assert.equal(text.length, 0x80);
    // The five bytes without a character in Windows-1252 stay what they are.
    assert.equal(
      text.slice(0, 32),
      '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
        '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178',
    );
    assert.equal(text.slice(32), Buffer.from(bytes.subarray(32)).toString('latin1'));
  });

  it('refuses invalid bytes after valid UTF-8, saying where', async () => {
    await refusesText(Buffer.from('a,b\n\xc2\xb5,x\n1,\xb5m\n', 'latin1'), /byte 11 is not UTF-8/);
    await refusesText(Buffer.from('\xef\xbb\xbfa,b\n1,\xb5m\n', 'latin1'), /byte 9 is not UTF-8/);
    const rows = '1,2\n'.repeat(100_000);
    await refusesText(Buffer.from(`a,\xc2\xb5\n${rows}1,\xb5m\n`, 'latin1'), /byte 400007 is not UTF-8/);
  });

  it('refuses NUL bytes, saying in which line', async () => {
    await refusesText('a,b\n1,2\n3,\0\n', /found a NUL byte in line 3/);
    const rows = '1,2\n'.repeat(100_000);
    await refusesText(`a,b\n${rows}\0,2\n`, /found a NUL byte in line 100002;/);
  });
});

describe('scanTable: gzip', () => {
  const text = `\ufeffa;µm\n${'1,5;x\n'.repeat(200_000)}2;"y\nz"\n`;
  const [whole, begin, end] = [text, text.slice(0, 700_000), text.slice(700_000)].map((part) => gzipSync(part));

  it('is read as what is in it, be it in one part or in several, by blocks of any size', async () => {
    const plain = await readAll(text);
    assert.equal(plain.cells.length, 200_001);
    assert.deepEqual(plain.cells.at(-1), ['2', 'y\nz']);
    assert.deepEqual(await readAll(whole), plain);
    assert.deepEqual(await readAll(Buffer.concat([begin, end]), 999), plain);
    assert.deepEqual(await readAll(Buffer.concat([begin, end, Buffer.alloc(512)])), plain);
    await readsAb(gzipSync(utf16('\ufeffa,b\n1,2\n', 'le')), { encoding: 'utf-16le' });
    assert.deepEqual((await readAll(gzipSync(''))).columns, []);
  });

  it('is refused in one sentence where it is damaged, cut short, or followed by something else', async () => {
    const flipped = Buffer.from(whole);
    flipped[flipped.length - 6] ^= 1;
    for (const [bytes, why] of [
      [whole.subarray(0, -3), /cut short \(unexpected end of file\)\.$/],
      [Buffer.concat([begin, end.subarray(0, 5)]), /cut short/],
      [flipped, /gzip compression is damaged or cut short \(incorrect data check\)\.$/],
      [Buffer.concat([begin, Buffer.from('junk')]), /incorrect header check/],
      // Zeros end what Node reads, without an error.
      [Buffer.concat([begin, Buffer.alloc(4), end]), /zeros after byte \d+, and data after them\)\.$/],
    ] as const)
      await refusesText(bytes, why);
  });

  it('says what else is compressed', async () => {
    await refusesText(gzipSync('PK\x03\x04'), /Excel workbook/);
    await refusesText(gzipSync(gzipSync('a,b\n')), /compressed with gzip/);
  });

  it('costs no memory for what it would become', () => {
    const pieces = Array.from({ length: 64 }, () => gzipSync(Buffer.alloc(2 ** 22, 'x')));
    const file = fileOf(Buffer.concat(pieces));
    const { message, grownMiB } = runAlone(`
      const { scanTable } = require(${ourModule('core', 'read', 'table', 'scanTable.ts')});
      const before = process.resourceUsage().maxRSS;
      scanTable(${JSON.stringify(file)}, []).catch(({ message }) => {
        console.log(JSON.stringify({ message, grownMiB: (process.resourceUsage().maxRSS - before) / 1024 }));
      });`) as { message: string; grownMiB: number };
    assert.match(message, /longer than 16777216 characters/);
    assert.ok(grownMiB < 160, `${grownMiB} MiB, of a text of 256`);
  });
});

describe('scanTable: names of columns', () => {
  it('have no blanks around them, which is said', async () => {
    const { columns, cells, facts } = await readAll(' a ,"b\t",c,\n 1 ,2,3,\n');
    assert.deepEqual(
      [columns, facts.blankColumns],
      [
        ['a', 'b', 'c', ''],
        [' a ', 'b\t'],
      ],
    );
    assert.deepEqual(cells, [[' 1 ', '2', '3', '']]);
    assert.equal('blankColumns' in (await readAll('a,b\n')).facts, false);
  });

  it('that differ in blanks only are one name twice, refused where it is wanted', async () => {
    const file = fileOf('a,area ,area\n1,2,3\n');
    assert.equal((await scanTable(file, ['a'])).rows, 1);
    await refuses(
      scanTable(file, ['area']),
      'DatasetInvalid',
      /^Expected one column "area" in .*twice, blanks around names not counted;/,
    );
  });

  it('may be chosen among those that there are', async () => {
    const rows: (readonly string[])[] = [];
    const file = fileOf('a,b,c\n1,2,3\n');
    await scanTable(file, (names) => names.filter((name) => name !== 'b'), (values) => rows.push(values)); // prettier-ignore
    assert.deepEqual(rows, [['1', '3']]);
  });
});

describe('scanTable: what is no table', () => {
  const beginnings: readonly (readonly [string, RegExp])[] = [
    ['PK\x03\x04\x14\0', /Excel workbook or another ZIP/],
    ['\x1f\x8b\x08', /gzip/],
    ['BZh91AY&SY', /bzip2/],
    ['\xfd7zXZ\0', /xz/],
    ['\x89HDF\r\n\x1a\n', /HDF5/],
    ['PAR1\x15\x04', /Parquet/],
    ['\xd0\xcf\x11\xe0\xa1\xb1', /old Excel/],
    ['[{"a": 1}]', /JSON/],
    ['<!DOCTYPE html>\n', /web page/],
    ['version https://git-lfs.github.com/spec/v1\noid', /Git LFS pointer/],
  ];
  for (const [beginning, message] of beginnings)
    it(`names ${message.source}`, () => refusesText(Buffer.from(beginning, 'latin1'), message));

  it('takes a marker called PAR1 for what it is', async () => {
    assert.deepEqual((await readAll('PAR1,CD3\n1,2\n')).columns, ['PAR1', 'CD3']);
  });

  it('says that a file is missing, is a folder, or may not be read', async () => {
    const folder = temporaryFolder();
    await refuses(scanTable(path.join(folder, 'no.csv'), []), 'DatasetInvalid', /no such file/);
    await refuses(scanTable(folder, []), 'DatasetInvalid', /it is a folder/);
    const file = fileOf('a,b\n');
    chmodSync(file, 0);
    const nobody = 65534; // The superuser may read everything.
    if (process.geteuid?.() === 0) process.seteuid!(nobody);
    try {
      await refuses(scanTable(file, []), 'DatasetInvalid', /not permitted/);
    } finally {
      if (process.getuid?.() === 0) process.seteuid!(0);
    }
  });

  it('reads an empty file, and a header without rows', async () => {
    for (const content of ['', '\n\r\n  \n', '\ufeff']) {
      const { rows, columns } = await scanTable(fileOf(content), []);
      assert.deepEqual([rows, columns], [0, []]);
      await refuses(scanTable(fileOf(content), ['fov']), 'ColumnNotFound', /no columns at all/);
    }
    for (const content of ['a,b', 'a,b\n', '\n\na,b\r\n\r\n']) {
      const { rows, columns } = await scanTable(fileOf(content), []);
      assert.deepEqual([rows, columns], [0, ['a', 'b']]);
    }
  });
});

describe('scanTable: delimiters', () => {
  it('takes the word of a line that Excel writes above the header', async () => {
    await readsAb('sep=;\r\na;b\r\n1;2\r\n', { delimiter: ';' });
    await readsAb('SEP=,\na,b\n1,2\n', { delimiter: ',' });
    await refuses(
      scanTable(fileOf('sep=;\na;b\n1;2;3;4\n'), []),
      'DatasetInvalid',
      /line 3 has 4 fields and the header 2/,
    );
  });

  for (const delimiter of [',', ';', '\t', '|'])
    it(`finds ${JSON.stringify(delimiter)}`, async () => {
      await readsAb(`a${delimiter}b\n1${delimiter}2\n`, { delimiter });
    });

  it('is not misled by decimal commas, by quoted text, or by names with commas', async () => {
    const decimal = await readAll('x;y\n1,5;2,5\n3,5;4,5\n');
    assert.deepEqual(decimal.cells[0], ['1,5', '2,5']);
    const quoted = await readAll('"a;b;c;d","e|f|g"\n"1;2;3;4",x\n');
    assert.deepEqual([quoted.columns, quoted.cells], [['a;b;c;d', 'e|f|g'], [['1;2;3;4', 'x']]]);
    const names = await readAll('Mean (DAPI, total, raw)\tArea\n1.5\t2\n');
    assert.deepEqual(names.columns, ['Mean (DAPI, total, raw)', 'Area']);
    const bars = await readAll('FOV|cell,x,y\nA|1,2,3\n');
    assert.deepEqual(bars.columns, ['FOV|cell', 'x', 'y']);
  });

  it('reads a table of one column', async () => {
    const { columns, cells, facts } = await readAll('label\n1\n\n2\n');
    assert.deepEqual([columns, cells, facts.delimiter], [['label'], [['1'], ['2']], ',']);
  });

  it('refuses a title above the table', () => refusesText('My cells\n\na;b\n1;2\n', /line 3 has 2 fields/));
});

describe('scanTable: records', () => {
  it('takes LF, CRLF and CR, and LF and CRLF mixed, with and without a last one', async () => {
    for (const content of [
      'a,b\n1,2',
      'a,b\r\n1,2\r\n',
      'a,b\r1,2\r',
      'a,b\r1,2',
      'a,b\r\n1,2\n',
      'a,b\n1,2\r\n',
      'a,b\n1,2\r',
    ])
      await readsAb(content);
  });

  it('passes over empty lines', () => readsAb('\n  \na,b\n\n1,2\n   \n\r\n'));

  it('keeps what is in quotes: delimiters, doubled quotes, line ends of any kind, also at the end', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const inside = [
        'x,y',
        'say "hi"',
        'two\r\nlines',
        'two\nlines',
        'two\rlines',
        'ends with\r',
        'ends with\n',
        '"',
        '"\r',
      ];
      const rows = inside.map((text) => `1,"${text.replaceAll('"', '""')}"${end}`);
      const { cells } = await readAll(`a,b${end}${rows.join('')}`);
      assert.deepEqual(
        cells.map(([, b]) => b),
        inside,
      );
    }
  });

  it('is not misled by a line end within the quotes of the header', async () => {
    for (const [inside, end] of [
      ['\n', '\r'],
      ['\r', '\n'],
    ]) {
      const { columns, cells } = await readAll(`"a${inside}x",b${end}1,2${end}`);
      assert.deepEqual([columns, cells], [[`a${inside}x`, 'b'], [['1', '2']]]);
    }
  });

  it('takes blanks around quotes as other programs do', async () => {
    await readsAb('"a" ,"b"  \n"1"  ,"2"  ');
    assert.deepEqual((await readAll('a,b\n1, "x"\n')).cells, [['1', ' "x"']]);
    assert.deepEqual((await readAll('a,b\n1,5" tube\n')).cells, [['1', '5" tube']]);
  });

  it('takes an empty name in quotes for a header', async () => {
    const { columns, cells } = await readAll('""\nvalue\n');
    assert.deepEqual([columns, cells], [[''], [['value']]]);
  });

  it('fills up short rows and tolerates one empty cell too many', async () => {
    const { cells } = await readAll('a,b,c\n1\n1,2,3,\r\n,,,\n1,2,3\n1,2,3\n');
    assert.deepEqual(cells.slice(0, 3), [
      ['1', '', ''],
      ['1', '2', '3'],
      ['', '', ''],
    ]);
  });

  it('refuses rows longer than the header, counting lines within quotes and empty lines', async () => {
    await refusesText('a,b\n\n"x\ny",2\n1,2,3\n', /line 5 has 3 fields and the header 2/);
    await refusesText('a,b\r1,2,3\r', /line 2 has 3 fields/);
    await refusesText('\n \r\na,b\n1,2,3\n', /line 4 has 3 fields/);
    await refusesText(`a,b\n${'1,2\n'.repeat(200_000)}1,2,\n1,2,,\n`, /line 200003 has 4 fields/);
  });

  it('refuses quotes that do not close, saying where they open', async () => {
    await refusesText('a,b\n1,2\n3,"4\n5,6\n', /a quote in the record that begins in line 3 is never closed/);
    await refusesText('a,b\n1,2\n3,"4\n5,"6"\n', /in the record that begins in line 3 text follows a closing quote/);
    await refusesText(
      `a,b\n${'1,2\n'.repeat(200_000)}1,"2\n${'1,2\n'.repeat(200_000)}`,
      /begins in line 200002 is never/,
    );
  });
});

describe('scanTable: columns', () => {
  const file = (): string => fileOf('fov,label,Cell Type,x,x\nA,1,T cell,2,3\nB,2\n');

  it('gives the wanted ones in the wanted order, also twice', async () => {
    const rows: (readonly string[])[] = [];
    await scanTable(file(), ['Cell Type', 'fov', 'fov'], (values) => rows.push(values));
    assert.deepEqual(rows, [
      ['T cell', 'A', 'A'],
      ['', 'B', 'B'],
    ]);
  });

  it('says what there is instead of a missing one, similar names first', async () => {
    await refuses(scanTable(file(), ['cell_type']), 'ColumnNotFound', /only similar ones: Cell Type\./);
    await refuses(scanTable(file(), ['area']), 'ColumnNotFound', /these: fov, label, Cell Type, x, x\./);
  });

  it('refuses one that is there twice, and only if it is wanted', async () => {
    await refuses(scanTable(file(), ['x']), 'DatasetInvalid', /"x".* twice/);
    await scanTable(file(), ['fov']);
  });
});

describe('scanTable: blocks', () => {
  // Everything that a border between two blocks could cut: characters, line ends, doubled quotes, blanks after quotes.
  const row = ['µ中😀', 'a "quoted" word,\r\ntwo lines', '', '"', 'plain123', 'ends with\r'];
  const record = '"µ中😀"  ,"a ""quoted"" word,\r\ntwo lines",,"""" ,plain123,"ends with\r"\r\n\n';
  // Encoding and delimiter are found in the first 65536 characters; only after them the blocks are really cut.
  const count = Math.ceil(70_000 / record.length);
  const text = `a,b,c,d,e,f\n${record.repeat(count)}`;
  const utf8 = Buffer.from(text);

  // These have no factor in common with the length of a record, so that every place in it is a border once.
  for (const [encoding, bytes, blockBytes] of [
    ['UTF-8', utf8, 2],
    ['UTF-8', utf8, 5],
    ['UTF-8', utf8, 64],
    ['UTF-16', utf16(`\ufeff${text}`, 'be'), 7],
  ] as const)
    it(`of ${blockBytes} bytes make no difference in ${encoding}`, async () => {
      const recordBytes = encoding === 'UTF-8' ? Buffer.byteLength(record) : 2 * record.length;
      assert.notEqual(recordBytes % (blockBytes === 64 ? 2 : blockBytes), 0);
      const { cells } = await readAll(bytes, blockBytes);
      assert.equal(cells.length, count);
      for (const cell of cells) assert.deepEqual(cell, row);
    });

  it('make no difference in Windows-1252', async () => {
    const bytes = Buffer.from(`a;b\r\n${'x;y\r\n'.repeat(14_000)}${'\xc3\xe9;\xb5\r\n'.repeat(100)}`, 'latin1');
    const { cells } = await readAll(bytes, 5);
    assert.deepEqual([cells.length, cells[14_050]], [14_100, ['Ãé', 'µ']]);
  });

  it('are left when the signal is raised or onRow throws', async () => {
    const file = fileOf(text);
    await assert.rejects(scanTable(file, [], undefined, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    const controller = new AbortController();
    let rows = 0;
    const onRow = (): void => {
      rows++;
      controller.abort();
    };
    await assert.rejects(scanTable(file, [], onRow, { signal: controller.signal, blockBytes: 1000 }), {
      name: 'AbortError',
    });
    assert.ok(rows > 0 && rows < count, String(rows));
    const fail = (): void => {
      throw new RangeError('of the caller');
    };
    await assert.rejects(scanTable(file, [], fail), RangeError);
  });
});

describe('scanTable: memory', () => {
  /** A file of about so many megabytes: a head, then the same text over and over. */
  function largeFile(head: string, repeated: string, megabytes: number): string {
    const file = path.join(temporaryFolder(), 'large.csv');
    const block = Buffer.from(repeated.repeat(Math.ceil(1e6 / repeated.length)));
    const handle = openSync(file, 'w');
    writeSync(handle, head);
    for (let i = 0; i < megabytes; i++) writeSync(handle, block);
    closeSync(handle);
    return file;
  }

  /** By how many megabytes the memory in use grew at most while something ran. */
  async function growthMb(run: () => Promise<unknown>): Promise<number> {
    // What could be freed does not count: how much of it lies about depends on the tests before.
    const used = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed + process.memoryUsage().external;
    };
    const before = used();
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, used())), 50);
    try {
      await run();
    } finally {
      clearInterval(timer);
    }
    return (Math.max(peak, used()) - before) / 1e6;
  }

  it('does not grow with the file', async function () {
    const values = Array.from({ length: 60 }, (_, i) => (i / 7).toFixed(6));
    const file = largeFile(`${values.map((_, i) => `m${i}`).join()}\n`, `${values.join()}\n`, 60);
    let rows = 0;
    const grownMb = await growthMb(() => scanTable(file, ['m1', 'm59'], () => rows++));
    assert.ok(rows > 100_000, String(rows));
    assert.ok(grownMb < 100, `${grownMb} MB`);
  });

  it('does not grow with a quote that never closes, or a line that never ends', async function () {
    for (const [head, repeated] of [
      ['a,b\n1,2\n3,"', '1,2\n'],
      ['a,b\n1,2\n', 'no end '],
      ['', 'no end '],
    ]) {
      const file = largeFile(head, repeated, 60);
      const grownMb = await growthMb(() => refuses(scanTable(file, []), 'DatasetInvalid', /longer than 16777216/));
      assert.ok(grownMb < 400, `${grownMb} MB`);
    }
  });
});

describe('parseNumber', () => {
  it('takes decimal numbers, and nothing else', () => {
    const numbers: Record<string, number> = {
      '12': 12,
      ' -1.50 ': -1.5,
      '+.5': 0.5,
      '5.': 5,
      '1e-3': 0.001,
      '2E+05': 2e5,
    };
    for (const [text, value] of Object.entries(numbers)) assert.equal(parseNumber(text, false), value, text);
    assert.deepEqual(
      ['inf', '-inf', 'Infinity', '+INF'].map((text) => parseNumber(text, false)),
      [Infinity, -Infinity, Infinity, Infinity],
    );
    for (const text of ['', ' ', 'nan', 'NA', '0x10', '1_000', '1,5', '1.2.3', '.', 'e5', '1e', '1 2', '--1', 'inf1'])
      assert.ok(Number.isNaN(parseNumber(text, false)), text);
  });

  it('takes a decimal comma instead of the point', () => {
    assert.deepEqual(
      ['1,5', '-,5', '12', '1,5E-3'].map((text) => parseNumber(text, true)),
      [1.5, -0.5, 12, 0.0015],
    );
    for (const text of ['1.5', '1.234,5', '1,2,3', ',']) assert.ok(Number.isNaN(parseNumber(text, true)), text);
  });
});

/** Frees what nobody holds, so that what is left is held. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('readCellValues', () => {
  const roles = { fov: 'fov', label: 'label' };

  it('keys the values of a column by FOV and label', async () => {
    const rows = ['A,1,T', 'A,2.0,B', 'B,1e3,T', 'B,,T', 'B,x,T', 'B,1.5,T', 'B,0,T', 'B,-3,T', 'A,1,T', 'A,1,B'];
    const values = await readCellValues(fileOf(`fov,label,type\n${rows.join('\n')}\n`), roles, 'type');
    assert.deepEqual(
      [...values.byFov].map(([fov, cells]) => [fov, [...cells]]),
      [
        [
          'A',
          [
            [1, 'T'],
            [2, 'B'],
          ],
        ],
        ['B', [[1000, 'T']]],
      ],
    );
    assert.deepEqual([values.badLabels, values.duplicates, values.facts.rows], [5, 1, 10]);
  });

  it('tells a decimal comma by the delimiter and all values of the column', async () => {
    const decimalComma = async (delimiter: string, ...cells: string[]): Promise<boolean> => {
      const rows = cells.map((cell, i) => ['A', i + 1, cell.includes(delimiter) ? `"${cell}"` : cell].join(delimiter));
      const content = [['fov', 'label', 'area'].join(delimiter), ...rows].join('\n');
      return (await readCellValues(fileOf(content), roles, 'area')).decimalComma;
    };
    assert.equal(await decimalComma(';', '1,5', '2', 'NA'), true);
    assert.equal(await decimalComma('\t', '-1,5e-3', '2'), true);
    assert.equal(await decimalComma(',', '1,5', '2'), false);
    assert.equal(await decimalComma(';', '1,5', '2.5'), false);
    assert.equal(await decimalComma(';', '2', '3'), false);
    assert.equal(await decimalComma(';', '1,5 and more', '3'), false);
  });

  it('does not keep the file in memory with the values cut from it', async () => {
    const file = path.join(temporaryFolder(), 'cells.csv');
    const handle = openSync(file, 'w');
    writeSync(handle, 'fov,label,type,filling\n');
    const filling = 'filling '.repeat(1000);
    for (let i = 1; i <= 6000; i++) writeSync(handle, `A,${i},a rather long type ${i},${filling}\n`);
    closeSync(handle);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    const values = await readCellValues(file, roles, 'type');
    collectGarbage();
    const keptMb = (process.memoryUsage().heapUsed - before) / 1e6;
    assert.equal(values.byFov.get('A')?.get(6000), 'a rather long type 6000');

    assert.ok(keptMb < 24, `${keptMb} MB`);
  });
});

describe('readTableSummary', () => {
  it('gives columns and rows, nothing for no file, and a warning for what cannot be read', async () => {
    const warnings: Problem[] = [];
    const file = fileOf('\ufefffov;label\r\nA;1\r\n\r\nB;2\r\n');
    assert.deepEqual(await readTableSummary(file, warnings), { file, rows: 2, columns: ['fov', 'label'] });
    const folder = path.join(path.dirname(file), 'folder.csv');
    mkdirSync(folder);
    assert.equal(await readTableSummary(folder, warnings), undefined);
    assert.equal(await readTableSummary(`${file}.no`, warnings), undefined);
    assert.equal(warnings.length, 0);
    assert.equal(await readTableSummary(fileOf('a,b\n1,2,3\n'), warnings), undefined);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['DatasetInvalid'],
    );
    assert.match(warnings[0].message, /line 2 has 3 fields/);
  });
});
