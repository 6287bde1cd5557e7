import type { Dataset, SavedMarkerSet } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';

/** The saved marker set of this name; without a name, the only one there is. Else `MarkerSetNotFound`, with the choices. */
export function chooseMarkerSet(dataset: Dataset, name?: string): SavedMarkerSet {
  const sets = dataset.markerSets;
  const names = sets.map((set) => set.name);
  const choices = names.length > 0 ? `there are ${listNames(names)}` : 'none is saved with this dataset';
  const chosen = name === undefined ? (sets.length === 1 ? sets[0] : undefined) : sets.find((set) => set.name === name);
  if (chosen) return chosen;
  throw new ExportError(
    'MarkerSetNotFound',
    name === undefined
      ? `Expected a marker set (--marker-set) or channels (--channel NAME=COLOR:LOW:HIGH), but found neither; ${choices}.`
      : `Expected a marker set called "${name}", but ${choices}.`,
  );
}
