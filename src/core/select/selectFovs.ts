import picomatch from 'picomatch';
import type { Dataset, Fov } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';

/** FOVs by name or glob; a name that is given twice or fits two globs is taken once, in the dataset's order. */
export function selectFovs(patterns: readonly string[], dataset: Dataset): readonly Fov[] {
  if (patterns.length === 0) return dataset.fovs;
  const chosen = new Set<Fov>();
  for (const pattern of patterns) {
    // A name is a name even if it looks like a glob: FOV[1] is found by FOV[1].
    const exact = dataset.fovs.filter((fov) => fov.name === pattern);
    const matches = picomatch(pattern, { dot: true });
    const found = exact.length > 0 ? exact : dataset.fovs.filter((fov) => matches(fov.name));
    if (found.length === 0) {
      throw new ExportError(
        'SelectionEmpty',
        `Expected FOVs that fit "${pattern}" in ${dataset.folder}, but found none; there are ${listNames(dataset.fovs.map((fov) => fov.name))}.`,
      );
    }
    for (const fov of found) chosen.add(fov);
  }
  return dataset.fovs.filter((fov) => chosen.has(fov));
}
