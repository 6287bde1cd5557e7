import { ExportError } from '../model/exportError';

/** The most characters that a pattern may have. */
export const maxGlobCharacters = 1000;

/**
 * A pattern as a machine: from each state some characters lead to the next ones. States come in the order of the pattern,
 * `{a,b}` is a fork, and the state behind the last one is the end.
 */
export interface Glob {
  readonly states: readonly State[];
}

type State =
  /** The one character, by its code point. */
  | { readonly kind: 'character'; readonly code: number; readonly next: number }
  /** Any one character. */
  | { readonly kind: 'any'; readonly next: number }
  /** One of, or none of, these ranges of code points. */
  | { readonly kind: 'set'; readonly ranges: readonly CodeRange[]; readonly isNegated: boolean; readonly next: number }
  /** Any characters, or none; `isOuter`: in no braces, so that whoever gets here needs nothing of what comes before. */
  | { readonly kind: 'star'; readonly isOuter: boolean; readonly next: number }
  /** Several ways on, without a character. */
  | { readonly kind: 'fork'; readonly next: readonly number[] };

type CodeRange = readonly [number, number];

/** What was done to match, in looks at states and ranges: the sum over names is what patterns of strangers cost. */
export interface MatchWork {
  steps: number;
}

/**
 * Whether a whole name fits a pattern. All states that a beginning of the name can lead to are followed at once, so that the
 * work is at most the product of both lengths, whatever either says.
 * @param work is added to
 */
export function matchGlob({ states }: Glob, name: string, work: MatchWork = { steps: 0 }): boolean {
  /** In which round a state was reached last. */
  const reachedIn = new Int32Array(states.length + 1);
  let round = 0;
  let reached: number[] = [];
  let outerStar = -1;
  /** Takes a state and, on the spot, all that follow it without a character. */
  const reach = (at: number): void => {
    work.steps++;
    if (reachedIn[at] === round) return;
    reachedIn[at] = round;
    const state = at < states.length ? states[at] : undefined;
    if (state?.kind === 'fork') for (const next of state.next) reach(next);
    else reached.push(at);
    if (state?.kind !== 'star') return;
    if (state.isOuter && at > outerStar) outerStar = at;
    reach(state.next);
  };
  round++;
  reach(0);
  for (const character of name) {
    const code = character.codePointAt(0)!;
    const alive = reached;
    round++;
    reached = [];
    for (const at of alive) {
      work.steps++;
      if (at < outerStar) continue; // What comes before a star outside of braces can only lead to it again.
      const state = at < states.length ? states[at] : undefined;
      if (state?.kind === 'star') reach(at);
      else if (state && state.kind !== 'fork' && takes(state, code, work)) reach(state.next);
    }
    if (reached.length === 0) return false;
  }
  return reached.includes(states.length);
}

function takes(state: Exclude<State, { kind: 'star' | 'fork' }>, code: number, work: MatchWork): boolean {
  if (state.kind === 'any') return true;
  if (state.kind === 'character') return state.code === code;
  work.steps += state.ranges.length;
  return state.ranges.some(([low, high]) => code >= low && code <= high) !== state.isNegated;
}

/**
 * Reads a pattern: `*` any characters, `?` one, `[abc]` and `[a-z]` one of these, `[!abc]` one of the others, `{a,b}` one of
 * these texts, which may hold all of it again. `RecipeInvalid` names what else other programs know, and what is not closed.
 */
export function parseGlob(pattern: string): Glob {
  return new GlobParser(pattern).parse();
}

/** The braces that are open: where their ways begin, and the ends of those that are complete. */
interface OpenBrace {
  readonly fork: number;
  readonly starts: number[];
  readonly ends: number[];
}

class GlobParser {
  private readonly characters: readonly string[];
  private readonly states: State[] = [];
  private readonly open: OpenBrace[] = [];
  private at = 0;
  /** How many parentheses are open: they are characters like others, unless they hold a choice. */
  private parentheses = 0;

  constructor(private readonly pattern: string) {
    this.characters = Array.from(pattern);
  }

  parse(): Glob {
    const { length } = this.characters;
    if (length > maxGlobCharacters) {
      const found = `${this.characters.slice(0, 20).join('')}… has ${length}`;
      throw new ExportError(
        'RecipeInvalid',
        `Expected patterns of FOVs of at most ${maxGlobCharacters} characters, but ${found}.`,
      );
    }
    if (this.characters[0] === '!') this.refuse('a "!" before all of it, which negates');
    while (this.at < length) this.parseNext(this.characters[this.at++]);
    if (this.open.length > 0) this.refuse('a "{" that is not closed', 'write [{] for the character itself');
    return { states: this.states };
  }

  private parseNext(character: string): void {
    if ('?*+@!'.includes(character) && this.characters[this.at] === '(') this.refuse(`"${character}(…)"`);
    if (character === '(') this.parentheses++;
    if (character === ')') this.parentheses = Math.max(0, this.parentheses - 1);
    if (character === '|' && this.parentheses > 0) this.refuse('"(…|…)"', 'write {a,b}');
    if (character === '\\') this.refuse('a "\\"', 'write [*] for a * itself, and so for the others');
    else if (character === '?') this.push({ kind: 'any', next: this.states.length + 1 });
    else if (character === '*') this.parseStar();
    else if (character === '[') this.parseSet();
    else if (character === '{') this.openBrace();
    else if (character === ',' && this.open.length > 0) this.nextWay(this.open.at(-1)!);
    else if (character === '}' && this.open.length > 0) this.closeBrace(this.open.pop()!);
    else this.push({ kind: 'character', code: character.codePointAt(0)!, next: this.states.length + 1 });
  }

  private push(state: State): void {
    this.states.push(state);
  }

  private parseStar(): void {
    while (this.characters[this.at] === '*' && this.characters[this.at + 1] !== '(') this.at++;
    this.push({ kind: 'star', isOuter: this.open.length === 0, next: this.states.length + 1 });
  }

  private parseSet(): void {
    const unclosed = (): never => this.refuse('a "[" that is not closed', 'write [[] for the character itself');
    if (this.characters[this.at] === '^') this.refuse('"[^…]"', 'write [!…]');
    const isNegated = this.characters[this.at] === '!';
    if (isNegated) this.at++;
    const ranges: CodeRange[] = [];
    // A bracket that closes a set comes after at least one character of it.
    for (const first = this.at; this.at === first || this.characters[this.at] !== ']'; this.at++) {
      const character = this.characters[this.at];
      if (this.at >= this.characters.length) unclosed();
      if (character === '\\') this.refuse('a "\\"', 'in brackets, each character is itself');
      if (character === '[' && [':', '.', '='].includes(this.characters[this.at + 1]))
        this.refuse(`"[${this.characters[this.at + 1]}…"`, 'write the characters, such as [a-z]');
      ranges.push(this.parseRange(character));
    }
    this.at++;
    this.push({ kind: 'set', ranges, isNegated, next: this.states.length + 1 });
  }

  /** Reads one part of a set, `a` or `a-z`; leaves the place at its last character. */
  private parseRange(first: string): CodeRange {
    const low = first.codePointAt(0)!;
    const last = this.characters[this.at + 2];
    if (this.characters[this.at + 1] !== '-' || last === undefined || last === ']') return [low, low];
    const high = last.codePointAt(0)!;
    if (high < low) this.refuse(`"[${first}-${last}]", whose end comes before its beginning`);
    this.at += 2;
    return [low, high];
  }

  private openBrace(): void {
    const fork = this.states.length;
    this.push({ kind: 'fork', next: [] });
    this.open.push({ fork, starts: [this.states.length], ends: [] });
  }

  /** Ends a way of a fork by a fork of one, which leads behind the braces once these are closed. */
  private endWay({ ends }: OpenBrace): void {
    ends.push(this.states.length);
    this.push({ kind: 'fork', next: [] });
  }

  private nextWay(brace: OpenBrace): void {
    this.endWay(brace);
    brace.starts.push(this.states.length);
  }

  private closeBrace(brace: OpenBrace): void {
    if (brace.starts.length === 1) this.refuseLonely(brace);
    this.endWay(brace);
    this.states[brace.fork] = { kind: 'fork', next: brace.starts };
    for (const end of brace.ends) this.states[end] = { kind: 'fork', next: [this.states.length] };
  }

  /** `{1..5}` counts elsewhere; `{a}` is a text of its own there, or the same as `a`. */
  private refuseLonely({ fork }: OpenBrace): void {
    const inside = this.states.slice(fork + 1);
    const isDots = inside.some((state, i) => isDot(state) && isDot(inside[i + 1]));
    if (isDots) this.refuse('"{…..…}"', 'write [1-5] or {1,2,3}');
    this.refuse('"{…}" with one text', 'write {a,b}, or [{] for the character itself');
  }

  private refuse(what: string, instead = 'there are *, ?, [abc], [a-z], [!abc] and {a,b}'): never {
    throw new ExportError(
      'RecipeInvalid',
      `Expected a pattern of FOVs, but "${this.pattern}" has ${what}, which patterns do not know here; ${instead}.`,
    );
  }
}

function isDot(state: State | undefined): boolean {
  return state?.kind === 'character' && state.code === 0x2e;
}
