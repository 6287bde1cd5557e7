import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { HexColor } from '../../src/core/model/color';
import type { LabelImage, Region } from '../../src/core/model/image';
import type { Recipe } from '../../src/core/model/recipe';
import { loadFont } from '../../src/core/read/loadFont';
import { exampleRecipe } from './exampleRecipe';
import type { RenderedPicture, RenderInput } from './renderInMemory';

type Samples = readonly (number | string)[];

/** A case of `test/expected/rendering.json`: what is on disk, the settings, and the picture that numpy makes of them. */
export interface RenderingCase {
  readonly name: string;
  readonly sampleType?: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly region: readonly [x: number, y: number, widthPx: number, heightPx: number];
  readonly downsample: number;
  readonly resample: 'mean' | 'nearest';
  readonly channels: readonly {
    readonly channel: string;
    readonly color: HexColor;
    readonly contrastLimits: readonly [number, number];
    readonly samples?: Samples;
  }[];
  readonly masks: readonly {
    readonly name: string;
    readonly mode: 'outline' | 'fill';
    readonly color: HexColor;
    readonly alpha: number;
    readonly widthPx: number;
    readonly labelColors?: Readonly<Record<string, HexColor>>;
    readonly otherColor?: HexColor;
    /** uint32, packed. */
    readonly labels: string;
  }[];
  readonly annotation?: {
    readonly name: string;
    readonly alpha: number;
    readonly background: boolean;
    readonly colors: Record<string, HexColor>;
    readonly otherColor: HexColor;
    readonly labels: string;
  };
  readonly expected: {
    readonly widthPx: number;
    readonly heightPx: number;
    readonly rgb: string;
    readonly edges: readonly number[];
  };
}

const file = path.join(__dirname, '..', 'expected', 'rendering.json');

/** All cases: `cases` with their samples, `encoded` about the files of `tiffEncodings.json`. */
export const renderingCases = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: RenderingCase[];
  encoded: RenderingCase[];
};

const specials: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity };

/** JSON has no NaN and no infinity. */
export function toNumbers(samples: Samples): number[] {
  return samples.map((value) => (typeof value === 'number' ? value : specials[value]));
}

/** Bytes that the script packed as base64 of a zlib stream. */
function unpack(packed: string): Buffer {
  return inflateSync(Buffer.from(packed, 'base64'));
}

export function recipeOf({ channels, masks, annotation, downsample, resample }: RenderingCase): Recipe {
  return {
    ...exampleRecipe,
    channels: channels.map(({ channel, color, contrastLimits }) => ({ channel, color, contrastLimits })),
    masks: masks.map(({ name, mode, color, alpha, widthPx, labelColors, otherColor }) => ({
      name,
      mode,
      color: labelColors ? { column: 'class', otherColor: otherColor! } : color,
      alpha,
      widthPx,
    })),
    ...(annotation && {
      annotation: {
        name: annotation.name,
        alpha: annotation.alpha,
        background: annotation.background,
        colors: annotation.colors,
        otherColor: annotation.otherColor,
      },
    }),
    masksOnly: channels.length === 0,
    downsample,
    resample,
  };
}

/** Everything that the renderer needs of a case but the planes. */
export function overlaysOf(testCase: RenderingCase): Omit<RenderInput, 'planes'> {
  const {
    widthPx,
    heightPx,
    masks,
    annotation,
    region: [x, y, width, height],
  } = testCase;
  const region: Region = { x, y, widthPx: width, heightPx: height };
  const toLabels = (packed: string): LabelImage => {
    const bytes = unpack(packed);
    const labels = Uint32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4));
    return { widthPx, heightPx, labels };
  };
  return {
    fov: 'F',
    index: 1,
    region,
    masks: masks.map((mask) => toLabels(mask.labels)),
    cellColors: masks.map(
      ({ labelColors }) =>
        labelColors && new Map(Object.entries(labelColors).map(([label, color]) => [Number(label), color])),
    ),
    ...(annotation && { annotation: toLabels(annotation.labels) }),
    font: loadFont(),
  };
}

/** Every byte as numpy has it; where the exact value lies between two levels, either of them. */
export function assertPicture(picture: RenderedPicture, { expected }: RenderingCase): void {
  assert.deepEqual([picture.widthPx, picture.heightPx], [expected.widthPx, expected.heightPx]);
  const rgb = unpack(expected.rgb);
  const edges = new Set(expected.edges);
  assert.equal(picture.rgb.length, rgb.length);
  for (const [i, reference] of rgb.entries()) {
    const off = Math.abs(picture.rgb[i] - reference);
    if (off === 0 || (off === 1 && edges.has(i))) continue;
    const pixel = Math.floor(i / 3);
    assert.fail(
      `x ${pixel % picture.widthPx}, y ${Math.floor(pixel / picture.widthPx)}, channel ${i % 3}: expected ${reference}, found ${picture.rgb[i]}`,
    );
  }
}
