import type { ExportError } from '../model/exportError';
import {
  comparisons,
  describeValue,
  type Comparison,
  type Filter,
  type FilterColumn,
  type FilterCondition,
  type FilterValue,
} from './filter';
import { adviceAbout, adviceAboutCall } from './filterAdvice';
import { filterError, quote } from './filterError';
import { type FilterToken, type FilterWord, tokenizeFilter } from './tokenizeFilter';

/**
 * Reads a filter such as `area > 300 and cell_type in ("T cell", "B cell")`. Nothing of it is ever run as code.
 *
 * From loosest to tightest: `or` `|`, `and` `&`, `not`, comparisons, `~`. `&` and `|` are `and` and `or` in all respects,
 * as in `DataFrame.query`. `100 < area < 500` means both; `in`, `not in`, `is null` and `is not null` do not chain. `==`
 * and `!=` with a list are `in` and `not in`. `~` wants parentheses or a column of True and False.
 *
 * Names are letters, digits, `_` and inner dots, exactly as in the table; any other name, and the words of the language,
 * stand in backticks (a backtick in a name is written twice).
 * @throws ExportError `FilterInvalid`, with `details.position` in UTF-16 units from 0
 */
export function parseFilter(text: string): Filter {
  return new FilterParser(text).parse();
}

/** Parentheses within parentheses; each level costs some frames of the stack, here and when the filter is applied. */
const maxDepth = 100;

const aCondition = 'a comparison';
const anOperand = 'a number, a text in quotes or a column';
const columnAdvice = 'A column is written without quotes, or in backticks.';
const chainAdvice = 'Only < <= > >= == and != between columns and values form chains; join others with "and".';
const aValue = 'a number or a text in quotes';

type Operand = FilterColumn | FilterValue;

class FilterParser {
  private readonly tokens: readonly FilterToken[];
  private readonly positions = new Map<string, number>();
  private next = 0;
  private depth = 0;

  constructor(private readonly text: string) {
    this.tokens = tokenizeFilter(text);
  }

  parse(): Filter {
    const condition = this.toCondition(this.disjunction());
    if (this.token.kind !== 'end') throw this.unexpected(this.ending);
    return { text: this.text, condition, columns: [...this.positions.keys()], positions: this.positions };
  }

  private disjunction(): Operand | FilterCondition {
    return this.joined('any', 'or', '|', () => this.joined('all', 'and', '&', () => this.negation()));
  }

  private joined(
    kind: 'all' | 'any',
    word: FilterWord,
    symbol: string,
    readTerm: () => Operand | FilterCondition,
  ): Operand | FilterCondition {
    const first = readTerm();
    const terms: FilterCondition[] = [];
    while (this.isWord(word) || this.isSymbol(symbol)) {
      if (terms.length === 0) terms.push(this.toCondition(first));
      this.next++;
      terms.push(this.toCondition(readTerm()));
    }
    return terms.length === 0 ? first : { kind, terms };
  }

  private negation(): Operand | FilterCondition {
    const times = this.countOf(() => this.isWord('not'));
    const term = this.comparison();
    return times === 0 ? term : this.negated(term, times);
  }

  private comparison(): Operand | FilterCondition {
    let left = this.operand(aCondition);
    const parts: FilterCondition[] = [];
    for (;;) {
      const comparison = comparisons.find((known) => this.isSymbol(known));
      const isMembership = this.isWord('in') || (this.isWord('not') && this.isWord('in', 1));
      if (!comparison && !isMembership && !this.isWord('is')) break;
      const list = comparison && ['==', '!='].includes(comparison) && this.beginsList(1);
      if (comparison && !list) {
        const start = this.toOperand(left);
        this.next++;
        left = this.toOperand(this.operand(anOperand));
        parts.push(this.compare(start, comparison, left));
        continue;
      }
      if (parts.length > 0) throw this.unexpected(this.ending, chainAdvice);
      const part = this.isWord('is') ? this.nullness(left) : this.membership(left);
      if ([...comparisons, 'in', 'is', 'not'].includes(this.token.raw)) throw this.unexpected(this.ending, chainAdvice);
      return part;
    }
    if (parts.length === 0) return left;
    return parts.length === 1 ? parts[0] : { kind: 'all', terms: parts };
  }

  /** A comparison of two operands, the column on the left. */
  private compare(left: Operand, comparison: Comparison, right: Operand): FilterCondition {
    if (left.kind === 'column') return { kind: 'compare', left, comparison, right };
    if (right.kind !== 'column') {
      throw this.fault(left.position, 'a column in each comparison', 'two values', columnAdvice);
    }
    const mirrored = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;
    return { kind: 'compare', left: right, comparison: mirrored[comparison], right: left };
  }

  private nullness(left: Operand | FilterCondition): FilterCondition {
    const column = this.toColumn(left, '"is null"');
    this.next++;
    const isNegated = this.isWord('not');
    if (isNegated) this.next++;
    // Whatever it is called elsewhere; no column can stand here.
    if (!/^(?:null|none|nan|na)$/i.test(this.token.raw))
      throw this.unexpected(isNegated ? '"null"' : '"null" or "not null"', 'Values are compared with == and !=.');
    this.next++;
    return this.negated({ kind: 'null', column }, isNegated ? 1 : 0);
  }

  private membership(left: Operand | FilterCondition): FilterCondition {
    const isNegated = this.isWord('not') || this.isSymbol('!=');
    const column = this.toColumn(left, 'a list');
    this.next += this.isWord('not') ? 2 : 1;
    const close = this.isSymbol('[') ? ']' : ')';
    if (!this.isSymbol('[') && !this.isSymbol('('))
      throw this.unexpected('a list', 'A list is written as ("a", "b") or [1, 2].');
    this.next++;
    const values: FilterValue[] = [];
    while (!this.isSymbol(close)) {
      if (this.token.kind === 'name') throw this.unexpected(aValue, 'A text is written in quotes.');
      if (this.isSymbol('(') || this.isSymbol('~')) throw this.unexpected(aValue);
      values.push(this.operand(aValue) as FilterValue);
      if (this.isSymbol(',')) this.next++;
      else if (!this.isSymbol(close)) throw this.unexpected(`"," or "${close}"`);
    }
    this.next++;
    return this.negated({ kind: 'in', column, values }, isNegated ? 1 : 0);
  }

  /** Whether a list of values begins so many tokens from here: parentheses around one operand make no list. */
  private beginsList(ahead: number): boolean {
    if (this.isSymbol('[', ahead)) return true;
    if (!this.isSymbol('(', ahead)) return false;
    const isSigned = this.isSymbol('-', ahead + 1) || this.isSymbol('+', ahead + 1);
    return this.isSymbol(')', ahead + 1) || this.isSymbol(',', ahead + (isSigned ? 3 : 2));
  }

  private operand(expected: string): Operand | FilterCondition {
    const token = this.token;
    const { position } = token;
    if (this.isSymbol('~')) return this.inversion();
    if (this.isSymbol('(')) return this.parenthesized();
    if (this.isSymbol('-') || this.isSymbol('+')) {
      const number = this.tokens[this.next + 1];
      if (number.kind !== 'number') throw this.unexpected(expected);
      this.next += 2;
      return { kind: 'number', value: token.raw === '-' ? -number.value : number.value, position };
    }
    if (token.kind === 'word' && (token.word === 'True' || token.word === 'False')) {
      this.next++;
      return { kind: 'truth', value: token.word === 'True', position };
    }
    if (token.kind !== 'name' && token.kind !== 'number' && token.kind !== 'text') throw this.unexpected(expected);
    this.next++;
    if (token.kind !== 'name') return { kind: token.kind, value: token.value, position } as FilterValue;
    if (this.isSymbol('(')) throw this.unexpected('a comparison', adviceAboutCall(token.name));
    if (!this.positions.has(token.name)) this.positions.set(token.name, position);
    return { kind: 'column', name: token.name, position };
  }

  private parenthesized(): Operand | FilterCondition {
    if (++this.depth > maxDepth)
      throw this.fault(this.token.position, `at most ${maxDepth} parentheses within each other`, 'more');
    this.next++;
    const inner = this.disjunction();
    if (!this.isSymbol(')')) throw this.unexpected(this.ending);
    this.next++;
    this.depth--;
    return inner;
  }

  /** In Python `~` binds tighter than a comparison: `~a > 3` asks whether the inverse of `a` is above 3, which no one means. */
  private inversion(): FilterCondition {
    const times = this.countOf(() => this.isSymbol('~'));
    const { position, raw } = this.tokens[this.next - 1];
    if (!this.isSymbol('(') && this.token.kind !== 'name') throw this.unexpected('"("');
    const term = this.operand(aCondition);
    const isCompared = [...comparisons, 'in', 'not', 'is'].includes(this.token.raw);
    if (isCompared && term.kind === 'column')
      throw this.fault(position, `parentheses after "${raw}"`, 'none', 'Write ~(area > 300), or not area > 300.');
    return this.negated(term, times);
  }

  private negated(term: Operand | FilterCondition, times: number): FilterCondition {
    const condition = this.toCondition(term);
    return times % 2 === 0 ? condition : { kind: 'not', term: condition };
  }

  /** Goes on while tokens are such, and counts them: a loop, so that no number of them exhausts the stack. */
  private countOf(isSuch: () => boolean): number {
    const start = this.next;
    while (isSuch()) this.next++;
    return this.next - start;
  }

  private toCondition(node: Operand | FilterCondition): FilterCondition {
    if (node.kind === 'column') {
      const mayEnd = this.token.kind === 'end' || this.isWord('and') || this.isWord('or') || this.isSymbol('&');
      if (!mayEnd && !this.isSymbol('|') && !this.isSymbol(')')) throw this.unexpected(aCondition);
      return { kind: 'flag', column: node };
    }
    if (node.kind !== 'number' && node.kind !== 'text' && node.kind !== 'truth') return node;
    throw this.fault(node.position, 'a comparison with a column', `only ${describeValue(node)}`, columnAdvice);
  }

  /** @throws if `node`, which has just been read, is a condition; the fault is then what follows it */
  private toOperand(node: Operand | FilterCondition): Operand {
    if (node.kind === 'column' || node.kind === 'number' || node.kind === 'text' || node.kind === 'truth') return node;
    throw this.unexpected(this.ending, 'Columns and values are compared, and not conditions.');
  }

  private toColumn(node: Operand | FilterCondition, before: string): FilterColumn {
    const operand = this.toOperand(node);
    if (operand.kind === 'column') return operand;
    throw this.fault(operand.position, `a column before ${before}`, describeValue(operand), columnAdvice);
  }

  /** What may follow a condition. */
  private get ending(): string {
    return this.depth > 0 ? '"and", "or" or ")"' : '"and", "or" or the end';
  }

  private get token(): FilterToken {
    return this.tokens[this.next];
  }

  private isWord(word: FilterWord, ahead = 0): boolean {
    const token = this.tokens[this.next + ahead];
    return token?.kind === 'word' && token.word === word;
  }

  private isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.tokens[this.next + ahead];
    return token?.kind === 'symbol' && token.raw === symbol;
  }

  /** The token in hand is not what may stand there. */
  private unexpected(expected: string, advice?: string): ExportError {
    const token = this.token;
    const before: FilterToken | undefined = this.tokens[this.next - 1];
    const place = before ? `${expected} after ${show(before)}` : expected;
    const found = token.kind === 'end' && !before ? 'an empty filter' : show(token);
    return this.fault(token.position, place, found, advice ?? adviceAbout(token, before));
  }

  private fault(position: number, expected: string, found: string, advice?: string): ExportError {
    return filterError({ filter: this.text, position }, expected, found, advice);
  }
}

function show(token: FilterToken): string {
  if (token.kind === 'end') return 'the end of the filter';
  return quote(token.kind === 'text' ? token.value : token.raw);
}
