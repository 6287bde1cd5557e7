import type { Problem } from '../model/dataset';
import { listNames } from '../model/listNames';
import { uniqueNames } from '../model/uniqueNames';

/**
 * Names of channels without the blanks around them, made different from each other where a file repeats one. Of those that
 * differ by blanks only, which one somebody means would be a guess: they are `undefined`, and `warnings` says so.
 * @param owner whose channels they are, for the message
 */
export function trimNames(
  owner: string,
  names: readonly string[],
  warnings: { push(problem: Problem): void },
): (string | undefined)[] {
  const written = new Map<string, Set<string>>();
  for (const name of names) written.set(name.trim(), (written.get(name.trim()) ?? new Set()).add(name));
  const isClear = (name: string): boolean => written.get(name.trim())!.size === 1;
  for (const [name, ways] of written) {
    if (ways.size === 1) continue;
    const found = listNames(
      [...ways].map((way) => `"${way}"`),
      { between: ' and ' },
    );
    warnings.push({
      code: 'ChannelNotFound',
      message: `Expected one channel ${name} of ${owner}, but found ${found}, which differ by blanks only; they are left out.`,
    });
  }
  const unique = uniqueNames(names.filter(isClear).map((name) => name.trim()));
  return names.map((name) => (isClear(name) ? unique.shift() : undefined));
}
