import type { Dataset } from '../../src/core/model/dataset';

/** A dataset with nothing in it, for tests to fill. */
export const emptyDataset: Dataset = {
  folder: '/d',
  fovs: [],
  markerSets: [],
  palettes: [],
  overlayFolders: [],
  slides: [],
  warnings: [],
};
