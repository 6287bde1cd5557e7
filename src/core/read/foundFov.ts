import type { Fov, SavedMarkerSet } from '../model/dataset';

/** A FOV with the masks that its own file holds; those of the masks folder, and the annotations, come to it later. */
export type FoundFov = Omit<Fov, 'annotations'>;

export interface FoundFovs {
  readonly fovs: readonly FoundFov[];
  /** Colours and limits that image files bring along. */
  readonly markerSets: readonly SavedMarkerSet[];
}
