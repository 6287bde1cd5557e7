import assert from 'node:assert/strict';
import type { CellColumn } from '../../src/core/model/cellColumn';
import { type ExportError, exportErrorCodes, isExportError } from '../../src/core/model/exportError';
import { applyFilter } from '../../src/core/select/applyFilter';
import { checkFilterColumns } from '../../src/core/select/checkFilterColumns';
import type { FilterCondition } from '../../src/core/select/filter';
import { parseFilter } from '../../src/core/select/parseFilter';

type Cell = number | string | null;

/** A column of numbers if there is no text among the cells, else of texts. */
function columnOf(name: string, cells: readonly Cell[]): CellColumn {
  if (!cells.some((cell) => typeof cell === 'string'))
    return { kind: 'number', name, values: Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell))) };
  const texts = [...new Set(cells.filter((cell) => cell !== null).map(String))];
  const codes = Int32Array.from(cells, (cell) => (cell === null ? -1 : texts.indexOf(String(cell))));
  return { kind: 'text', name, codes, texts };
}

/** The rows, from 0, that a filter matches in a table of these columns. */
function rowsOf(text: string, table: Readonly<Record<string, readonly Cell[]>>): number[] {
  const columns = new Map(Object.entries(table).map(([name, cells]) => [name, columnOf(name, cells)]));
  const marks = applyFilter(parseFilter(text), columns, Object.values(table)[0].length);
  return [...marks.keys()].filter((row) => marks[row] === 1);
}

/** The fault that something ends with. */
function faultOf(run: () => unknown): ExportError {
  try {
    run();
  } catch (error) {
    assert.ok(isExportError(error), String(error));
    assert.ok(!/[\r\n]/.test(error.message), 'its message is one line');
    return error;
  }
  assert.fail('expected a fault');
}

/** Checks that a filter is refused where `^` stands, and what the message says. */
function refuses(marked: string, message: RegExp): void {
  const position = marked.indexOf('^');
  assert.notEqual(position, -1);
  const fault = faultOf(() => parseFilter(marked.replace('^', '')));
  assert.equal(fault.code, 'FilterInvalid');
  assert.deepEqual(fault.details, { position }, `${marked}: ${fault.message}`);
  assert.match(fault.message, message);
}

/** A condition with every parenthesis written. */
function show(condition: FilterCondition): string {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return `(${condition.terms.map(show).join(condition.kind === 'all' ? ' and ' : ' or ')})`;
    case 'not':
      return `not ${show(condition.term)}`;
    case 'flag':
      return condition.column.name;
    case 'null':
      return `${condition.column.name} is null`;
    case 'in':
      return `${condition.column.name} in ${JSON.stringify(condition.values.map(({ value }) => value))}`;
    case 'compare': {
      const { left, comparison, right } = condition;
      return `${left.name} ${comparison} ${right.kind === 'column' ? right.name : JSON.stringify(right.value)}`;
    }
  }
}

function parses(text: string, expected: string): void {
  assert.equal(show(parseFilter(text).condition), expected, text);
}

describe('parseFilter: grammar', () => {
  it('binds or looser than and, and looser than not, not looser than comparisons', () => {
    parses('a == 1 or b == 2 and c == 3', '(a == 1 or (b == 2 and c == 3))');
    parses('a == 1 and b == 2 or c == 3', '((a == 1 and b == 2) or c == 3)');
    parses('(a == 1 or b == 2) and c == 3', '((a == 1 or b == 2) and c == 3)');
    parses('not a == 1 and b == 2', '(not a == 1 and b == 2)');
    parses('not not a', 'a');
    parses('not not not a', 'not a');
    parses('a or b or c and d', '(a or b or (c and d))');
  });

  it('takes & | ~ for and, or, not: all three as pandas does, which reads & and | as and and or', () => {
    parses('a > 1 & b < 2 | c == 3', '((a > 1 and b < 2) or c == 3)');
    parses('a == 1 | b == 2 & c and d or e', '(a == 1 or (b == 2 and c and d) or e)');
    parses('~(a > 1) & ~b', '(not a > 1 and not b)');
    parses('~~a', 'a');
    parses('not ~(a)', 'not not a');
    refuses('^~a > 1', /Expected parentheses after "~".*Write ~\(area > 300\), or not area > 300\.$/);
    refuses('b and ^~(a) in [1]', /parentheses/);
    refuses('~^not a', /Expected "\(" after "~"/);
    refuses('~(a > 1) ^== b', /not conditions/);
  });

  it('reads chains, a column on either side, and lists', () => {
    parses('100 < area < 500', '(area > 100 and area < 500)');
    parses('1 >= a', 'a <= 1');
    parses('1 <= a == b != 3', '(a >= 1 and a == b and b != 3)');
    parses('a in ("x", \'y\',)', 'a in ["x","y"]');
    parses('a not in [1, -2, +.5e1, True]', 'not a in [1,-2,5,true]');
    parses('a in (1)', 'a in [1]');
    parses('not a not in []', 'not not a in []');
    parses(
      'a == [1] and b != (1, 2) and c == (-1, 2) and d == (3)',
      '(a in [1] and not b in [1,2] and c in [-1,2] and d == 3)',
    );
    parses(
      'a is null or b is not null or c is None or d is NaN',
      '(a is null or not b is null or c is null or d is null)',
    );
    parses('((a)) > ((((1))))', 'a > 1');
  });

  it('reads numbers and texts', () => {
    for (const [text, value] of [
      ['-1.5e-3', -0.0015],
      ['- 2', -2],
      ['5.', 5],
      ['.5', 0.5],
      ['1E3', 1000],
      ['9007199254740991', 9007199254740991],
      ['inf', Infinity],
      ['-inf', -Infinity],
      ['"it\'s"', "it's"],
      ["'it\\'s \\\\ \\\"'", 'it\'s \\ "'],
      ['""', ''],
      ['"and`x`"', 'and`x`'],
      ['"😀\n"', '😀\n'],
      ['True', true],
    ] as const) {
      const { condition } = parseFilter(`a == ${text}`);
      assert.ok(condition.kind === 'compare' && condition.right.kind !== 'column', text);
      assert.equal(condition.right.value, value, text);
    }
  });

  it('reads names of any script, with dots, in backticks, and lists each once in order', () => {
    const { columns, positions, text } = parseFilter(
      'Größe > 1 and 面积 < `NaK ATPase` and Nucleus.Area > Größe or `in` and _x1',
    );
    assert.deepEqual(columns, ['Größe', '面积', 'NaK ATPase', 'Nucleus.Area', 'in', '_x1']);
    assert.deepEqual(
      [...positions.values()],
      [...columns.keys()].map((i) => text.indexOf(columns[i]) - (i === 2 || i === 4 ? 1 : 0)),
    );
    assert.deepEqual(parseFilter('`a``b` > 1 or `` and `"(`').columns, ['a`b', '', '"(']);
    assert.deepEqual(parseFilter('constructor > 1 or `and` or Null or __proto__').columns, [
      'constructor',
      'and',
      'Null',
      '__proto__',
    ]);
  });
});

describe('parseFilter: faults', () => {
  it('says what was expected and found, at which character, and shows it', () => {
    const fault = faultOf(() => parseFilter('area > 300 and '));
    assert.equal(
      fault.message,
      'Expected a comparison after "and", but found the end of the filter at character 16: `area > 300 and ^`.',
    );
    assert.deepEqual(fault.details, { position: 15 });
    assert.equal(exportErrorCodes.FilterInvalid.exitCode, 2);
  });

  it('counts characters for people, and UTF-16 units for editors', () => {
    const fault = faultOf(() => parseFilter('a == "😀😀" b'));
    assert.match(fault.message, /at character 11:/);
    assert.deepEqual(fault.details, { position: 12 });
  });

  it('points at what cannot stand there', () => {
    refuses('^', /Expected a comparison, but found an empty filter at character 1/);
    refuses('  ^', /an empty filter/);
    refuses('area ^300', /a comparison after "area", but found "300"/);
    refuses('area > ^', /a number, a text in quotes or a column after ">", but found the end/);
    refuses('area > 3 ^4', /"and", "or" or the end after "3", but found "4"/);
    refuses('(area > 3 ^4', /"and", "or" or "\)" after "3"/);
    refuses('(area > 3^', /"\)" after "3", but found the end/);
    refuses('area > 3^)', /but found "\)"/);
    refuses('not^', /after "not", but found the end/);
    refuses('a == ^not b', /found "not"/);
    refuses('a > ^> 3', /found ">"/);
    refuses('^3', /a comparison with a column, but found only the number 3 .*backticks/);
    refuses('a > 3 and ^"b"', /only the text "b"/);
    refuses('a or ^True', /only True/);
    refuses('^"area" > 300', /a column in each comparison, but found two values/);
    refuses('^1 < 2 < area', /two values/);
    refuses('(a > 1) ^== (b > 1)', /not conditions/);
  });

  it('points at faults of lists and of is', () => {
    refuses('a in ^"x"', /a list after "in", but found "x" .*\("a", "b"\) or \[1, 2\]/);
    refuses('a in ^', /a list after "in", but found the end/);
    refuses('a in [^x]', /found "x" .*A text is written in quotes/);
    refuses('a in (^(1))', /found "\("/);
    refuses('a in (1 ^2)', /"," or "\)" after "1"/);
    refuses('a in (1^]', /"," or "\)" after "1", but found "]"/);
    refuses('a in [1, ^, 2]', /found ","/);
    refuses("^'x' in a", /a column before a list, but found the text "x"/);
    refuses('a in [1] ^== 2', /chains/);
    refuses('1 < a ^in [2]', /chains/);
    refuses('1 < a ^== [2]', /chains/);
    refuses('1 < a ^is null', /chains/);
    refuses('(a > 1) ^in [1]', /not conditions/);
    refuses('a is ^3', /"null" or "not null" after "is".*compared with == and !=/);
    refuses('a is not ^"x"', /"null" after "not"/);
    refuses('a is ^', /the end/);
    refuses('a == ^null', /Write "is null"/);
  });

  it('says what to write for what other languages write', () => {
    refuses('a ^= 1', /Write ==\.$/);
    refuses('a ^<> 1', /Write !=\.$/);
    refuses('a ^≥ 1', /Write >=\.$/);
    refuses('a > 1 ^&& b', /Write and\.$/);
    refuses('a > 1 ^AND b', /Write and\.$/);
    refuses('^!a', /Write not\.$/);
    refuses('a == ^“x”', /straight quotes/);
    refuses('a > 1^,5', /decimal point/);
    refuses('a > ^@limit', /Variables/);
    refuses('centroid^-0 > 5', /backticks; filters do not calculate/);
    refuses('^-a > 5', /filters do not calculate/);
    refuses('NaK ^ATPase > 1', /blanks is written in backticks/);
    refuses('^3PN > 1', /backticks/);
    refuses('a > ^0x10', /Expected a number, but found "0x10"/);
    refuses('a > ^1_000', /Expected a number/);
    refuses('a > ^1.2.3', /found "1.2.3"/);
    refuses('a.isnull^()', /write "a is null"\.$/);
    refuses('a.b.notna^()', /write "a\.b is not null"\.$/);
    refuses('a.str.contains^("x")', /know no functions\.$/);
    refuses('__import__^("os")', /know no functions/);
    refuses('a > 1 ^# why', /found "#"/);
    refuses('a ^constructor b', /A column name with blanks/);
  });

  it('refuses what is not closed or cannot be kept', () => {
    refuses('a == ^"x', /a text that ends with ", but found that it is never closed/);
    refuses("a == ^'x\\'", /never closed/);
    refuses('a == ^"x\\', /never closed/);
    refuses('^`a', /ends with a backtick, but found that it is never closed/);
    refuses('a == "x^\\n"', /a quote or a backslash after the backslash, but found "\\n".*Write \\\\ /);
    refuses('a == ^9007199254740993', /compared exactly/);
  });

  it('shows a long filter only around the place, and on one line', () => {
    const { message } = faultOf(() => parseFilter(`${'a > 1 and\n'.repeat(50)}? ${'b\n'.repeat(1000)}`));
    assert.ok(message.length < 300, message);
    assert.match(message, /`….{40}\^\? b.{17}…`/);
    assert.ok(faultOf(() => parseFilter(`"${'x'.repeat(1e6)}" > 1`)).message.length < 300);
    assert.ok(faultOf(() => parseFilter(`a ${'x'.repeat(1e6)} > 1`)).message.length < 300);
  });

  it('is not brought down by hostile texts', () => {
    refuses(`${'('.repeat(100)}^(a${')'.repeat(101)}`, /at most 100 parentheses/);
    parses(`${'('.repeat(100)}a${')'.repeat(100)}`, 'a');
    assert.equal(parseFilter(Array(200).fill('(a)').join(' and ')).columns.length, 1);
    const within = (depth: number): string => (depth === 0 ? 'a' : `b and not (c or ~(${within(depth - 1)}))`);
    assert.equal(faultOf(() => parseFilter('('.repeat(1e5))).code, 'FilterInvalid');
    assert.deepEqual(rowsOf(within(50), { a: ['True'], b: ['True'], c: ['False'] }), [0]);
    parses(`${'not '.repeat(100_001)}a`, 'not a');
    parses(`${'~'.repeat(100_000)}a`, 'a');
    const long = Array.from({ length: 50_000 }, (_, i) => `a == ${i}`);
    assert.deepEqual(rowsOf(long.join(' or '), { a: [-1, 7, 49_999, 50_000] }), [1, 2]);
    assert.deepEqual(rowsOf(`a in [${Array.from({ length: 1e5 }, (_, i) => i).join()}]`, { a: [-1, 7, null] }), [1]);
    assert.equal(parseFilter(`${'a < '.repeat(50_000)}a`).columns.length, 1);
    for (const mark of ['[', '`', '"', '\\', '-', '~', 'a in (', "'\\", '\0', '\ud800'])
      assert.equal(faultOf(() => parseFilter(mark.repeat(100_001))).code, 'FilterInvalid', mark);
    // Longer ones would run out of stack.
    for (const long of [`a${'.a'.repeat(6_000_000)}`, '`'.repeat(12_000_000)]) {
      const { code, message } = faultOf(() => parseFilter(long));
      assert.equal(code, 'FilterInvalid');
      assert.match(
        message,
        /^Expected a filter of at most 1000000 characters, but found 1200000\d, the first too many/,
      );
    }
  });
});

describe('applyFilter', () => {
  const table = {
    area: [100, 300, null, 500, -0],
    type: ['T', null, 'B', 'T', 't'],
    flag: ['True', 'False', null, 'True', 'False'],
  };

  it('compares numbers with the number, and a missing one with nothing', () => {
    const found = (text: string): number[] => rowsOf(text, table);
    assert.deepEqual(found('area > 100'), [1, 3]);
    assert.deepEqual(found('area >= 100'), [0, 1, 3]);
    assert.deepEqual(found('area < 100'), [4]);
    assert.deepEqual(found('area <= 100'), [0, 4]);
    assert.deepEqual(found('area == 0'), [4]);
    assert.deepEqual(found('area != 100'), [1, 2, 3, 4]);
    assert.deepEqual(found('area in [0, 300]'), [1, 4]);
    assert.deepEqual(found('area not in [0, 300]'), [0, 2, 3]);
    assert.deepEqual(found('not area > 100'), [0, 2, 4]);
    assert.deepEqual(found('100 <= area < 500'), [0, 1]);
    assert.deepEqual(found('area is null'), [2]);
    assert.deepEqual(found('type is not null'), [0, 2, 3, 4]);
  });

  it('compares texts exactly, and orders them by code point', () => {
    const found = (text: string): number[] => rowsOf(text, table);
    assert.deepEqual(found('type == "T"'), [0, 3]);
    assert.deepEqual(found('type != "T"'), [1, 2, 4]);
    assert.deepEqual(found('type not in ["T", "x"]'), [1, 2, 4]);
    assert.deepEqual(found('type < "T"'), [2]);
    assert.deepEqual(found('type >= "T"'), [0, 3, 4]);
    // JavaScript's own order has them the other way round.
    assert.ok('😀' < 'ﬁ');
    assert.deepEqual(rowsOf('a > "ﬁ"', { a: ['😀', 'é', 'ﬁ', 'ﬁx', 'f'] }), [0, 3]);
    assert.deepEqual(rowsOf('a < "😀"', { a: ['😀', 'ﬁ', '😀x', '😁', '', null] }), [1, 4]);
  });

  it('compares columns with each other', () => {
    const columns = {
      a: [1, 2, null, 4, null],
      b: [2, 2, 3, null, null],
      t: ['x', 'y', null, 'y', null],
      u: ['y', 'y', 'z', null, null],
    };
    assert.deepEqual(rowsOf('a < b', columns), [0]);
    assert.deepEqual(rowsOf('a == b', columns), [1]);
    assert.deepEqual(rowsOf('a != b', columns), [0, 2, 3, 4]);
    assert.deepEqual(rowsOf('a != a', columns), [2, 4]);
    assert.deepEqual(rowsOf('t == u', columns), [1]);
    assert.deepEqual(rowsOf('t != u', columns), [0, 2, 3, 4]);
    assert.deepEqual(rowsOf('t < u', columns), [0]);
    assert.deepEqual(rowsOf('t >= u', columns), [1]);
  });

  it('takes a column of True and False for itself, as texts, and as 1 and 0', () => {
    const found = (text: string): number[] =>
      rowsOf(text, { ...table, other: ['TRUE', 'true', 'true', 'false', 'FALSE'], n: [1, 1, 1, 0, 0] });
    assert.deepEqual(found('flag'), [0, 3]);
    assert.deepEqual(found('not flag'), [1, 2, 4]);
    assert.deepEqual(found('flag == True'), [0, 3]);
    assert.deepEqual(found('flag != True'), [1, 2, 4]);
    assert.deepEqual(found('flag == "True"'), [0, 3]);
    assert.deepEqual(found('flag == "true"'), []);
    assert.deepEqual(found('flag in ["False"]'), [1, 4]);
    assert.deepEqual(found('flag in [False, "x"]'), [1, 4]);
    assert.deepEqual(found('flag == 0'), [1, 4]);
    assert.deepEqual(found('flag == other'), [0, 4]);
    assert.deepEqual(found('flag != n'), [1, 2, 3]);
    assert.deepEqual(found('other'), [0, 1, 2]);
    assert.deepEqual(found('type == True'), []);
    assert.deepEqual(found('n == True'), [0, 1, 2]);
  });

  /** Checks that a filter that can be read is refused for this table, where `^` stands. */
  function refusesFor(marked: string, message: RegExp): void {
    const position = marked.indexOf('^');
    const fault = faultOf(() => rowsOf(marked.replace('^', ''), { ...table, none: [null, null, null, null, null] }));
    assert.equal(fault.code, 'FilterInvalid');
    assert.deepEqual(fault.details, { position });
    assert.match(fault.message, message);
  }

  it('finds numbers and texts unequal, and refuses to order them', () => {
    assert.deepEqual(rowsOf('area == "100"', table), []);
    assert.deepEqual(rowsOf('area != "100"', table), [0, 1, 2, 3, 4]);
    assert.deepEqual(rowsOf('type == 3', table), []);
    assert.deepEqual(rowsOf('type != area', table), [0, 1, 2, 3, 4]);
    assert.deepEqual(rowsOf('area in ["100", 300]', table), [1]);
    assert.deepEqual(rowsOf('type in ["B", 300]', table), [2]);
    refusesFor(
      'flag and ^area > "abc"',
      /column "area" holds numbers and is compared with the text "abc" at character 10/,
    );
    refusesFor('3 < ^type', /around ">".*column "type" holds texts such as "T" and is compared with the number 3/);
    refusesFor('^area < type', /holds numbers and is compared with column "type", which holds texts such as "T"/);
    refusesFor('^type >= True', /compared with True/);
    refusesFor('^none < "x"', /column "none" holds no values/);
    refusesFor('flag and ^area', /that it stands alone and holds numbers.*Only a column of True and False/);
    refusesFor('not ^type', /stands alone and holds texts/);
    refusesFor('flag or flag or (flag and ^area < "x")', /two numbers or two texts/);
  });

  it('names the nearest columns where there is none of a name', () => {
    const names = ['CD8a', 'CD3', 'cell_type', 'centroid-0', 'area', 'Area_µm'];
    const faultAbout = (text: string, known = names): ExportError =>
      faultOf(() => {
        checkFilterColumns(parseFilter(text), known);
      });
    for (const [text, position, near] of [
      ['area > 1 and CD8 > 2', 13, 'CD8a'],
      ['Cell.Type == "x"', 0, 'cell_type'],
      ['`centroid 0` > 1', 0, 'centroid-0'],
      ['aera_um > 1 or aria > 2 or CD3 > 1', 15, 'area'],
      ['Area_μm > 1', 0, 'Area_µm, area'],
    ] as const) {
      const fault = text.startsWith('aera') ? faultAbout(text, [...names, 'aera_um']) : faultAbout(text);
      assert.equal(fault.code, 'ColumnNotFound');
      assert.deepEqual(fault.details, { position }, fault.message);
      assert.ok(fault.message.includes(`only similar ones, ${near}, at character ${position + 1}`), fault.message);
    }
    assert.match(
      faultAbout('cell_type == Tumor').message,
      /column "Tumor".*found only CD8a, CD3.*in quotes: "Tumor"\.$/,
    );
    assert.match(faultAbout('cell_type == true').message, /Write True for the value\.$/);
    assert.match(faultAbout('a', []).message, /found no columns at character 1/);
    checkFilterColumns(parseFilter('CD3 > area'), new Set(names));
    assert.equal(faultOf(() => rowsOf('areas > 1', table)).code, 'ColumnNotFound');
    assert.throws(() => applyFilter(parseFilter('a > 1'), new Map([['a', columnOf('a', [1])]]), 2), RangeError);
  });

  it('takes a million rows, and does not change the columns', () => {
    const rows = 1_000_000;
    const area = columnOf(
      'area',
      Array.from({ length: rows }, (_, i) => i % 1000),
    );
    const cd3 = columnOf(
      'CD3',
      Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? null : i % 13)),
    );
    const type = columnOf(
      'type',
      Array.from({ length: rows }, (_, i) => ['T cell', 'B cell', null][i % 3]),
    );
    const columns = new Map([area, cd3, type].map((column) => [column.name, column]));
    const filter = parseFilter('100 < area <= 500 and CD3 > 3 and type in ("T cell", "x")');
    const marks = applyFilter(filter, columns, rows);
    let expected = 0;
    for (let i = 0; i < rows; i++)
      if (i % 1000 > 100 && i % 1000 <= 500 && i % 7 !== 0 && i % 13 > 3 && i % 3 === 0) expected++;
    assert.equal(
      marks.reduce((sum, mark) => sum + mark, 0),
      expected,
    );
    assert.deepEqual(applyFilter(filter, columns, rows), marks);
  });
});
