import { ExportError, isWithin, listNames, type NumberRange, parseDecimal, parseWhole, rangeText } from '../core/index';

/** One flag of a command: data for parsing and for `--help` alike. */
export interface Flag {
  readonly name: string;
  readonly group: string;
  readonly help: string;
  /** How the value is written in the help; a flag without one is a switch. */
  readonly value?: string;
  readonly repeatable?: boolean;
  readonly default?: string;
}

export interface ParsedFlags {
  readonly positionals: readonly string[];
  /** The last value given. */
  text(name: string): string | undefined;
  /** Every value given, in order. */
  texts(name: string): readonly string[];
  on(name: string): boolean;
}

/** One argument after another, as the table of flags has them: a flag that takes a value comes with it. */
type Argument =
  | { readonly kind: 'positional'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string }
  | { readonly kind: 'flag'; readonly flag: Flag; readonly value: string | undefined; readonly isInline: boolean };

/**
 * What begins with `--` is never the value of the flag before it, so that a value that was forgotten does not swallow the
 * next flag; written with `=` it is meant. One dash begins numbers and texts, too.
 */
function* splitArguments(flags: readonly Flag[], args: readonly string[]): Generator<Argument> {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '--') {
      for (const text of args.slice(i + 1)) yield { kind: 'positional', text };
      return;
    }
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    const flag = name === undefined ? undefined : byName.get(name);
    if (!arg.startsWith('-') || arg === '-') yield { kind: 'positional', text: arg };
    else if (!flag) yield { kind: 'unknown', text: arg };
    else if (inline !== undefined || !flag.value) yield { kind: 'flag', flag, value: inline, isInline: true };
    else {
      const isForgotten = args[i + 1]?.startsWith('--') ?? true;
      yield { kind: 'flag', flag, value: args[i + 1], isInline: false };
      if (!isForgotten) i++;
    }
  }
}

/** Whether `--help` or `-h` stands where a flag may stand: as a value it is none. */
export function asksForHelp(flags: readonly Flag[], args: readonly string[]): boolean {
  for (const argument of splitArguments(flags, args)) {
    if (argument.kind === 'unknown' && ['--help', '-h'].includes(argument.text)) return true;
  }
  return false;
}

/**
 * Parses a command's arguments by its table of flags: `--name value`, `--name=value`, switches, positionals, and `--`
 * to end the flags. `Usage` for a flag that is not in the table, a missing or blank value, a value that begins with `--`
 * and does not follow `=`, a switch with a value, or a flag that is given twice.
 */
export function parseFlags(command: string, flags: readonly Flag[], args: readonly string[]): ParsedFlags {
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  const fail = (message: string): never => {
    throw new ExportError('Usage', `${message} See batch-export ${command} --help.`);
  };
  for (const argument of splitArguments(flags, args)) {
    if (argument.kind === 'positional') {
      positionals.push(argument.text);
      continue;
    }
    if (argument.kind === 'unknown') return fail(`Unknown flag ${argument.text.split('=')[0]}.`);
    const { flag, value, isInline } = argument;
    const seen = values.get(flag.name) ?? [];
    values.set(flag.name, seen);
    if (seen.length > 0 && !flag.repeatable) fail(`--${flag.name} is given twice.`);
    if (!flag.value) {
      if (value !== undefined) fail(`--${flag.name} takes no value, but found "${value}".`);
      seen.push('');
      continue;
    }
    const need = `--${flag.name} needs a value: ${flag.value}`;
    if (value === undefined || value.trim() === '') return fail(`${need}.`);
    if (!isInline && value.startsWith('--')) {
      fail(`${need}, but found ${value}; write --${flag.name}=${value} if that is the value.`);
    }
    seen.push(value);
  }
  return {
    positionals,
    text: (name) => values.get(name)?.at(-1),
    texts: (name) => values.get(name) ?? [],
    on: (name) => values.has(name),
  };
}

/** The flags of a command, grouped, with their defaults. */
export function describeFlags(flags: readonly Flag[]): string[] {
  const groups = [...new Set(flags.map((flag) => flag.group))];
  const left = (flag: Flag): string => `  --${flag.name}${flag.value ? ` ${flag.value}` : ''}`;
  const width = Math.max(...flags.map((flag) => left(flag).length)) + 2;
  return groups.flatMap((group, i) => {
    const lines = flags
      .filter((flag) => flag.group === group)
      .map((flag) => {
        const extra = [flag.repeatable ? 'repeatable' : '', flag.default ? `default: ${flag.default}` : ''].filter(
          Boolean,
        );
        return `${left(flag).padEnd(width)}${flag.help}${extra.length > 0 ? ` (${extra.join('; ')})` : ''}`;
      });
    return [...(i > 0 ? [''] : []), `${group}:`, ...lines];
  });
}

/** A whole number from a flag; `Usage` with the range if it is not one. */
export function requireInteger(text: string, flag: string, { min, max }: NumberRange): number {
  const value = parseWhole(text, min, max);
  if (value !== undefined) return value;
  throw new ExportError('Usage', `Expected a whole number from ${min} to ${max} for ${flag}, but found "${text}".`);
}

/** A number of a range from a flag; `Usage` with the range if it is not one. */
export function requireNumber(text: string, flag: string, unit: string, range: NumberRange): number {
  const value = parseDecimal(text);
  if (value !== undefined && isWithin(value, range)) return value;
  throw new ExportError('Usage', `Expected a number of ${unit} ${rangeText(range)} for ${flag}, but found "${text}".`);
}

/** The one argument of a command that is not a flag. */
export function requireOnePositional(flags: ParsedFlags, command: string, what: string): string {
  const [only, ...others] = flags.positionals;
  if (only !== undefined && others.length === 0) return only;
  throw new ExportError(
    'Usage',
    `Expected one ${what}, but found ${only === undefined ? 'none' : listNames(flags.positionals, { between: ' and ' })}. See batch-export ${command} --help.`,
  );
}

/** One of a few words from a flag. */
export function requireChoice<T extends string>(text: string, flag: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice) return choice;
  throw new ExportError('Usage', `Expected ${choices.join(' or ')} for ${flag}, but found "${text}".`);
}
