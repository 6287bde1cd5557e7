import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { HexColor } from '../../src/core/model/color';
import type { LabelImage, Plane, SampleArray } from '../../src/core/model/image';
import type { Recipe } from '../../src/core/model/recipe';
import { loadFont } from '../../src/core/read/loadFont';
import { renderPicture } from '../../src/core/render/renderPicture';

interface Layer {
  readonly color: HexColor;
  readonly samples: readonly (number | string)[];
}

interface Case {
  readonly name: string;
  readonly sampleType: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly downsample: number;
  readonly resample: 'mean' | 'nearest';
  readonly channels: readonly (Layer & {
    readonly channel: string;
    readonly contrastLimits: readonly [number, number];
  })[];
  readonly masks: readonly (Layer & { readonly name: string; readonly alpha: number; readonly widthPx: number })[];
  readonly expected: { readonly widthPx: number; readonly heightPx: number; readonly rgb: readonly number[] };
}

const file = path.join(__dirname, '..', 'expected', 'rendering.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

const arrays: Readonly<Record<string, new (values: number[]) => SampleArray>> = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int16: Int16Array,
  float32: Float32Array,
  float64: Float64Array,
};

const specials: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

function toNumbers(samples: readonly (number | string)[]): number[] {
  return samples.map((value) => (typeof value === 'number' ? value : specials[value]));
}

function toRecipe(testCase: Case): Recipe {
  return {
    version: 1,
    mode: 'fovs',
    fovs: [],
    channels: testCase.channels.map(({ channel, color, contrastLimits }) => ({ channel, color, contrastLimits })),
    masks: testCase.masks.map(({ name, color, alpha, widthPx }) => ({ name, mode: 'outline', color, alpha, widthPx })),
    downsample: testCase.downsample,
    resample: testCase.resample,
    scaleBar: { length: 'off', maxPercent: 10 },
    format: 'png',
    overwrite: 'never',
  };
}

describe('renderPicture makes the pixels that numpy and scikit-image make', () => {
  for (const testCase of cases) {
    it(testCase.name, () => {
      const { widthPx, heightPx } = testCase;
      const planes = testCase.channels.map((channel): Plane => {
        return { widthPx, heightPx, samples: new arrays[testCase.sampleType](toNumbers(channel.samples)) };
      });
      const masks = testCase.masks.map((mask): LabelImage => {
        return { widthPx, heightPx, labels: new Uint32Array(toNumbers(mask.samples)) };
      });
      const picture = renderPicture(toRecipe(testCase), { fov: 'F', planes, masks, font: loadFont() });
      assert.equal(picture.widthPx, testCase.expected.widthPx);
      assert.equal(picture.heightPx, testCase.expected.heightPx);
      for (const [i, reference] of testCase.expected.rgb.entries()) {
        const exact = Math.floor(reference + 0.5);
        // One level is allowed where the reference lies on the edge between two.
        const nearHalf = Math.abs(reference - Math.floor(reference) - 0.5) < 1e-3;
        const allowed = nearHalf ? 1 : 0;
        const at = `x ${Math.floor(i / 3) % picture.widthPx}, y ${Math.floor(i / 3 / picture.widthPx)}, channel ${i % 3}`;
        assert.ok(Math.abs(picture.rgb[i] - exact) <= allowed, `${at}: expected ${reference}, found ${picture.rgb[i]}`);
      }
    });
  }
});
