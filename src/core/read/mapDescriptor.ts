import * as z from 'zod';
import { parseNumber } from '../model/parseNumber';
import { describeIssues } from '../model/recipe';
import { parseJson } from './rois/parseJson';

/** The largest slide that was ever scanned has fewer FOVs. */
const maxFovs = 2 ** 16;
/** No frame of an instrument is so wide. */
const maxFramePx = 2 ** 20;
/** A kilometre: no stage is so long, and up to here a place is exact to less than a pixel. */
const furthestUm = 1e9;
/** What would turn or bend a tile; we only lay tiles side by side. */
const transforms = ['rotation', 'transform', 'affineTransform', 'affine', 'matrix'] as const;

/** An entry of a map descriptor: a FOV and where it was taken. */
export interface MapFov {
  readonly name: string;
  readonly centerUm: { readonly x: number; readonly y: number };
  readonly widthPx: number;
  readonly heightPx: number;
  /** The width of the frame. */
  readonly sizeUm?: number;
}

/** What a map descriptor says. */
export interface MapDescriptor {
  /** The FOVs of each slide, by its id, in the order of the file. */
  readonly slides: ReadonlyMap<string, readonly MapFov[]>;
  /** FOVs that are in the file a second time, whatever their letter case; the first counts. */
  readonly repeated: readonly string[];
}

/** A number, or the text of one: both have been seen. */
const numberSchema = z
  .union([z.number(), z.string().transform((text) => parseNumber(text, false))])
  .refine(Number.isFinite, 'expected a number');
const coordinateSchema = numberSchema.refine((um) => Math.abs(um) <= furthestUm, `expected at most ${furthestUm} µm`);
const frameSideSchema = numberSchema.refine(
  (px) => Number.isInteger(px) && px > 0 && px <= maxFramePx,
  `expected a whole number of pixels from 1 to ${maxFramePx}`,
);

const mapFovSchema = z.object({
  name: z.string().trim().min(1),
  slideId: z.union([z.string().min(1), z.number()]).transform(String),
  centerPointMicrons: z.object({ x: coordinateSchema, y: coordinateSchema }),
  frameSizePixels: z.object({ width: frameSideSchema, height: frameSideSchema }),
  fovSizeMicrons: numberSchema.refine((um) => um > 0, 'expected more than 0 µm').nullish(),
});

/**
 * Reads a map descriptor, the run file of a MIBI instrument: its FOVs with their places on slides, in µm. Of a file that is
 * not as expected, or that turns tiles, nothing is used: tiles in wrong places would look right.
 * @throws Error with the end of a sentence, as in `Expected … in FILE, but …`
 */
export function parseMapDescriptor(text: string): MapDescriptor {
  const value = parseJson(text);
  if (!isRecord(value)) throw new Error('it is no JSON object');
  const { fovs } = value;
  if (!Array.isArray(fovs)) throw new Error(fovs === undefined ? 'it has no "fovs"' : '"fovs" is no list');
  if (fovs.length > maxFovs) throw new Error(`it has ${fovs.length} FOVs, more than the ${maxFovs} that we can hold`);
  checkUnturned(value, 'it');
  const slides = new Map<string, MapFov[]>();
  const names = new Set<string>();
  const repeated: string[] = [];
  for (const [i, entry] of (fovs as unknown[]).entries()) {
    const what = `fovs[${i}]`;
    const fov = mapFovSchema.safeParse(entry);
    if (!fov.success) throw new Error(`${what} is not as expected: ${describeIssues(fov.error).slice(0, 300)}`);
    checkUnturned(entry as object, what);
    const { name, slideId, centerPointMicrons: centerUm, frameSizePixels: frame, fovSizeMicrons } = fov.data;
    if (names.has(name.toLowerCase())) {
      repeated.push(name);
      continue;
    }
    names.add(name.toLowerCase());
    const ofSlide = slides.get(slideId) ?? [];
    slides.set(slideId, ofSlide);
    const sizeUm = fovSizeMicrons ?? undefined;
    ofSlide.push({
      name,
      centerUm,
      widthPx: frame.width,
      heightPx: frame.height,
      ...(sizeUm !== undefined && { sizeUm }),
    });
  }
  return { slides, repeated };
}

function checkUnturned(value: object, what: string): void {
  const turned = transforms.find((key) => !isEmpty((value as Partial<Record<string, unknown>>)[key]));
  if (turned) throw new Error(`${what} has "${turned}", and tiles are laid side by side only, not turned or bent`);
  if (!isEmpty((value as { centerPointPixels?: unknown }).centerPointPixels))
    throw new Error(`${what} has "centerPointPixels", and places are read in µm only`);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === 0 || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isRecord(value: unknown): value is Partial<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
