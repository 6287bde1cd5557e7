import { defaultLegend } from '../../src/core/model/marks';
import type { Recipe } from '../../src/core/model/recipe';

/** One channel of every FOV as a PNG, and nothing else. */
export const exampleRecipe: Recipe = {
  version: 1,
  mode: 'fovs',
  fovs: [],
  channels: [{ channel: 'DNA', color: '#0000ff', contrastLimits: [0, 1] }],
  contrastScope: 'batch',
  masks: [],
  masksOnly: false,
  separate: 'off',
  grayscale: false,
  downsample: 1,
  resample: 'mean',
  scaleBar: { length: 'off', maxPercent: 10, color: 'auto', place: 'bottom-right' },
  legend: defaultLegend,
  marginColor: 'black',
  formats: ['png'],
  overwrite: 'never',
};
