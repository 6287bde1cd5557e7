import type { Random } from '../../sample/random';
import { below, type Mutator, pick } from './mutateBytes';

const tokenPattern = /"(?:[^"\\]|\\.){0,2000}"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][\w.:-]*|\s+|[^]/g;

const numbers = ['0', '-1', '1e308', '-1e308', '1e-320', '4294967296', '9007199254740993', '1e999', 'NaN', '-0', '0.5'];
const words = ['null', 'true', '""', '[]', '{}', '"__proto__"', '"constructor"', '"\\u0000"', '"é💥\\ud800"', '"../x"'];

/** Changes one token that is more than a blank into what `change` makes of it. */
function changeToken(
  bytes: Buffer,
  random: Random,
  change: (tokens: string[], at: number) => void,
): Buffer | undefined {
  const tokens = bytes.toString('utf8').match(tokenPattern) ?? [];
  const places = tokens.flatMap((token, i) => (token.trim() === '' ? [] : [i]));
  if (places.length === 0) return undefined;
  change(tokens, pick(random, places));
  return Buffer.from(tokens.join(''));
}

/** Changes texts that are made of tokens: JSON, XML, CSV and their like. */
export const textMutators: readonly Mutator[] = [
  function swapTokens(bytes, random) {
    return changeToken(bytes, random, (tokens, at) => {
      const other = below(random, tokens.length);
      [tokens[at], tokens[other]] = [tokens[other], tokens[at]];
    });
  },
  function dropToken(bytes, random) {
    return changeToken(bytes, random, (tokens, at) => tokens.splice(at, 1));
  },
  function doubleToken(bytes, random) {
    const times = pick(random, [2, 2, 3, 50, 2000]);
    return changeToken(bytes, random, (tokens, at) => (tokens[at] = tokens[at].repeat(times)));
  },
  function otherNumber(bytes, random) {
    const text = bytes.toString('utf8');
    const found = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (found.length === 0) return undefined;
    const { index, 0: old } = pick(random, found);
    return Buffer.from(text.slice(0, index) + pick(random, numbers) + text.slice(index + old.length));
  },
  function otherWord(bytes, random) {
    return changeToken(bytes, random, (tokens, at) => (tokens[at] = pick(random, words)));
  },
  function doubleLines(bytes, random) {
    const lines = bytes.toString('utf8').split('\n');
    const [at, count] = [below(random, lines.length), 1 + below(random, 3)];
    const times = pick(random, [1, 1, 2, 500]);
    for (let i = 0; i < times; i++) lines.splice(at, 0, ...lines.slice(at, at + count));
    return Buffer.from(lines.join('\n'));
  },
  function swapLines(bytes, random) {
    const lines = bytes.toString('utf8').split('\n');
    const [a, b] = [below(random, lines.length), below(random, lines.length)];
    [lines[a], lines[b]] = [lines[b], lines[a]];
    return Buffer.from(lines.join(pick(random, ['\n', '\n', '\r\n', '\r'])));
  },
  function otherSeparator(bytes, random) {
    const text = bytes.toString('utf8');
    const [from, to] = pick(random, [[',', ';'], [',', '\t'], [':', ','], ['>', '/>'], ['"', "'"]] as const); // prettier-ignore
    return Buffer.from(text.replaceAll(from, to));
  },
];

/** Makes a part of a JSON text something else; the text is JSON still. */
export const jsonMutators: readonly Mutator[] = [
  function otherPart(bytes, random) {
    let root: unknown;
    try {
      root = JSON.parse(bytes.toString('utf8'));
    } catch {
      return undefined; // Lines of JSON, and what another mutator changed.
    }
    const holders: Record<string, unknown>[] = [];
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (Object.keys(value).length > 0) holders.push(value as Record<string, unknown>);
      Object.values(value).forEach(visit);
    };
    visit(root);
    if (holders.length === 0) return undefined;
    const holder = pick(random, holders);
    const key = pick(random, Object.keys(holder));
    const other = pick(random, holders);
    const value = pick<() => unknown>(random, [
      () => null,
      () => -1,
      () => 1e308,
      () => 2 ** 53,
      () => '',
      () => 'x'.repeat(100_000),
      () => [],
      () => Array<unknown>(10_000).fill(holder[key]),
      () => structuredClone(other),
      () => nested(2000),
      () => (Array.isArray(holder[key]) ? [...(holder[key] as unknown[]), ...(holder[key] as unknown[])] : 0.1),
      () => undefined,
    ])();
    if (random.chance(0.1)) holder['__proto__x'.slice(0, 9)] = value;
    else holder[key] = value;
    return Buffer.from(JSON.stringify(root));
  },
];

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
