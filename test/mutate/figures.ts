import type { MutationResult } from './mutationChild';

/** A table: of each reader's inputs, how many were read, and how many were refused, by code. */
export function figures(results: readonly MutationResult[]): string {
  const byReader = new Map<string, MutationResult[]>();
  for (const result of results) byReader.set(result.reader, [...(byReader.get(result.reader) ?? []), result]);
  return [...byReader].map(([reader, all]) => `${reader}: ${describe(all)}\n`).join('');
}

function describe(all: readonly MutationResult[]): string {
  const ends = new Map<string, number>();
  for (const { end } of all) ends.set(end, (ends.get(end) ?? 0) + 1);
  const counts = [...ends].sort(([, a], [, b]) => b - a).map(([end, count]) => `${count} ${end}`);
  const cpu = Math.max(...all.map(({ cpuSeconds }) => cpuSeconds));
  return `${all.length} inputs, ${counts.join(', ')}; at most ${cpu.toFixed(1)} s of CPU`;
}
