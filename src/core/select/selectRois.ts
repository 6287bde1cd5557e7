import type { SavedRois } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { Roi } from '../model/roi';
import type { RoiSelection } from '../model/roiSelection';
import { parseTags } from './parseTags';

/**
 * The ROIs that a selection means, in their file's order: those of the names or ids, whose tags fit, in the FOVs.
 * A name may be that of several ROIs; all are meant. Fails with `SelectionEmpty` or `FilterInvalid`.
 * @param fovs names of the chosen FOVs; absent: any FOV, also one that is not there, and slides
 */
export function selectRois(
  { rois, file }: SavedRois,
  { rois: names, tags }: Pick<RoiSelection, 'rois' | 'tags'>,
  fovs?: ReadonlySet<string>,
): readonly Roi[] {
  const known = new Set(rois.flatMap(({ id, name }) => [id, name]));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new ExportError(
      'SelectionEmpty',
      `Expected ROIs called ${listNames(unknown)} in ${file}, but found ${namesOf(rois)}.`,
    );
  }
  const wanted = new Set(names);
  const fits = tags === undefined ? undefined : parseTags(tags);
  const chosen = rois.filter(
    (roi) =>
      (wanted.size === 0 || wanted.has(roi.id) || wanted.has(roi.name)) && (!fits || fits(roi.tags)) && isIn(roi, fovs),
  );
  if (chosen.length > 0) return chosen;
  const found = rois.length === 0 ? 'it holds none' : `found none among its ${rois.length}: ${namesOf(rois)}`;
  throw new ExportError('SelectionEmpty', `Expected ROIs that fit the selection in ${file}, but ${found}.`);
}

/** A ROI whose file does not say where it is may be anywhere; one of a slide is in no FOV. */
function isIn({ fov, mapId }: Roi, fovs: ReadonlySet<string> | undefined): boolean {
  if (!fovs) return true;
  return fov === undefined ? mapId === undefined : fovs.has(fov);
}

function namesOf(rois: readonly Roi[]): string {
  return rois.length === 0 ? 'none' : listNames(rois.map(({ name, id }) => name || id));
}
