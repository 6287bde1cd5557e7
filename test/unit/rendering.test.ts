import type { Plane, SampleArray } from '../../src/core/model/image';
import { renderPicture } from '../support/renderInMemory';
import { assertPicture, overlaysOf, recipeOf, renderingCases, toNumbers } from '../support/renderingCase';

const arrays: Readonly<Record<string, new (values: number[]) => SampleArray>> = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int16: Int16Array,
  float32: Float32Array,
  float64: Float64Array,
};

describe('renderPicture makes the pixels that numpy and scikit-image make', () => {
  for (const testCase of renderingCases.cases) {
    it(testCase.name, () => {
      const { widthPx, heightPx, sampleType, channels } = testCase;
      const planes = channels.map((channel): Plane => {
        return { widthPx, heightPx, samples: new arrays[sampleType!](toNumbers(channel.samples!)) };
      });
      const input = { ...overlaysOf(testCase), planes };
      // Whatever the bands that it is drawn in: one, single rows, a few rows.
      for (const bandPixels of [Infinity, 1, 3 * widthPx * testCase.downsample]) {
        assertPicture(renderPicture(recipeOf(testCase), input, bandPixels), testCase);
      }
    });
  }
});
