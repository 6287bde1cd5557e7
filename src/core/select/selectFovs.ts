import type { Dataset, Fov } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import { matchGlob, type MatchWork, parseGlob } from './matchGlob';

/** So many texts of a request may be patterns; names of FOVs are not counted. */
const maxPatterns = 10_000;

/** A second or two of matching. Patterns that a person writes take a thousandth of it. */
const maxSteps = 100_000_000;

/** FOVs by name or glob; a name that is given twice or fits two globs is taken once, in the dataset's order. */
export function selectFovs(patterns: readonly string[], dataset: Dataset): readonly Fov[] {
  if (patterns.length === 0) return dataset.fovs;
  const { found, missing } = findSelected(patterns, dataset);
  if (missing.length === 0) return found;
  throw new ExportError(
    'SelectionEmpty',
    `Expected FOVs that fit "${missing[0]}" in ${dataset.folder}, but found none; there are ${listNames(dataset.fovs.map((fov) => fov.name))}.`,
  );
}

/**
 * The FOVs that fit any of these names and globs, in the dataset's order, and those that fit none.
 * `RecipeInvalid` for a pattern that cannot be read, and for more of them than can be told in reasonable time.
 */
export function findSelected(
  patterns: readonly string[],
  dataset: Pick<Dataset, 'folder' | 'fovs'>,
): { readonly found: readonly Fov[]; readonly missing: readonly string[] } {
  const byName = new Map(dataset.fovs.map((fov) => [fov.name, fov]));
  // A name is a name even if it looks like a glob: FOV[1] is found by FOV[1].
  const globs = patterns.filter((pattern) => !byName.has(pattern));
  if (globs.length > maxPatterns) {
    throw new ExportError(
      'RecipeInvalid',
      `Expected at most ${maxPatterns} patterns of FOVs, but found ${globs.length} besides names of FOVs in ${dataset.folder}; write fewer that fit more.`,
    );
  }
  const chosen = new Set(patterns.flatMap((pattern) => byName.get(pattern) ?? []));
  const missing: string[] = [];
  const work: MatchWork = { steps: 0 };
  for (const pattern of globs) {
    const glob = parseGlob(pattern);
    const fitting = dataset.fovs.filter((fov) => isWithinWork(work) && matchGlob(glob, fov.name, work));
    if (fitting.length === 0) missing.push(pattern);
    for (const fov of fitting) chosen.add(fov);
  }
  return { found: dataset.fovs.filter((fov) => chosen.has(fov)), missing };
}

function isWithinWork({ steps }: MatchWork): boolean {
  if (steps <= maxSteps) return true;
  throw new ExportError(
    'RecipeInvalid',
    'Expected patterns of FOVs that can be compared with the names of the dataset within seconds, but these are too many and too long; write fewer.',
  );
}
