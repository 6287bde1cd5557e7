import * as z from 'zod';
import { ownScaleBarSchema } from '../../model/marks';
import { describeIssues } from '../../model/recipe';
import type { Point, RoiShape } from '../../model/roi';
import { textRecord } from '../../model/textRecord';
import { describe } from './geoJsonRois';
import { BadRoi, openRing, quoted, type RoiCollector, type RoiDraft } from './roiCollector';

const pointSchema = z.tuple([z.number(), z.number()]).readonly();
const sides = ['x', 'y', 'widthPx', 'heightPx'] as const;

/** One entry of our ROI file. Lengths and places are full-resolution pixels; integers are pixel corners. */
export const ownRoiSchema = z
  .strictObject({
    /** Absent: its number in the file, from 1. */
    id: z.string().min(1).optional(),
    name: z.string(),
    fov: z.string().min(1).optional(),
    /** The stitched slide, in place of a FOV. */
    mapId: z.string().min(1).optional(),
    /** The box; absent: that of the shape. */
    x: z.number().optional(),
    y: z.number().optional(),
    widthPx: z.number().positive().optional(),
    heightPx: z.number().positive().optional(),
    /** A shape of one line, closed unless `closed` says otherwise; absent: the box, or `rings`. */
    points: z.array(pointSchema).min(2).optional(),
    closed: z.boolean().optional(),
    /** A shape of several closed lines, such as one with holes: inside is by the even-odd rule. */
    rings: z.array(z.array(pointSchema).min(3)).min(1).optional(),
    tags: z.array(z.string().trim().min(1)).default([]),
    /** A saved marker set by its name, or channels without colours. */
    markerSet: z
      .union([
        z.string().min(1),
        z.strictObject({ name: z.string().min(1) }),
        z.strictObject({ channels: z.array(z.string().min(1)).min(1) }),
      ])
      .optional(),
    annotationPalette: z.string().min(1).optional(),
    maskColorSet: z.string().min(1).optional(),
    maskVisibility: textRecord(z.boolean()).optional(),
    /** Of its own bar; what is absent is the job's. */
    scaleBar: ownScaleBarSchema.optional(),
    comment: z.string().optional(),
  })
  .check((context) => {
    const roi = context.value;
    const refuse = (path: string, message: string): void => {
      context.issues.push({ code: 'custom', message, path: [path], input: roi });
    };
    const missing = sides.filter((side) => roi[side] === undefined);
    if ((roi.fov === undefined) === (roi.mapId === undefined)) refuse('fov', 'either "fov" or "mapId" is needed');
    if (missing.length > 0 && missing.length < sides.length) refuse(missing[0], `needed beside the rest of the box`);
    if (missing.length > 0 && !roi.points && !roi.rings) refuse('x', 'a box, "points" or "rings" is needed');
    if (roi.points && roi.rings) refuse('rings', 'only one of "points" and "rings"');
    if (roi.closed !== undefined && !roi.points) refuse('closed', 'says something of "points" only');
    const rings = [...(roi.rings ?? []), ...(roi.points && roi.closed !== false ? [roi.points] : [])];
    if (rings.some((ring) => openRing(ring).length < 3))
      refuse(roi.rings ? 'rings' : 'points', 'a closed line needs three points');
  });

/** Our own ROI file, `{"version": 1, "rois": [{"name": "front", "fov": "F1", "points": [[1, 2], [9, 2], [5, 8]]}]}`. */
export const ownRoisSchema = z.strictObject({
  /** What this file may hold, for completion in editors. */
  $schema: z.string().optional(),
  version: z.literal(1),
  rois: z.array(ownRoiSchema),
});

type OwnRoi = z.output<typeof ownRoiSchema>;

/** Whether JSON is meant to be our ROI file, be it valid or not. */
export function isOwnRois(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'rois' in value;
}

/** Reads our own ROI file. An entry that is not as expected is a warning that names it; the others are read. */
export async function readOwnRois(value: unknown, collector: RoiCollector): Promise<void> {
  const file = ownRoisSchema.extend({ rois: z.array(z.unknown()) }).safeParse(value);
  if (!file.success)
    throw collector.unreadable(
      'a ROI file {"version": 1, "rois": […]}',
      `found that it is otherwise: ${describeIssues(file.error).slice(0, 300)}`,
    );
  for (const [i, entry] of file.data.rois.entries()) {
    const named = typeof entry === 'object' && entry !== null ? (entry as { id?: unknown; name?: unknown }) : {};
    const title = [named.name, named.id].find((text) => typeof text === 'string' && text !== '');
    const what = `entry ${i + 1}${title === undefined ? '' : ` (${quoted(title as string)})`}`;
    collector.take(what, () => {
      const roi = ownRoiSchema.safeParse(entry);
      if (!roi.success) {
        const found = typeof entry === 'object' ? describeIssues(roi.error).slice(0, 300) : describe(entry);
        throw new BadRoi('a valid ROI', `found ${found}`);
      }
      return toDraft(roi.data, String(i + 1));
    });
    await collector.pause();
  }
}

function toDraft(entry: OwnRoi, number: string): RoiDraft {
  const { id = number, x, y, widthPx, heightPx, points, closed, rings, markerSet, scaleBar, ...rest } = entry;
  const shape = toShape(points, closed ?? true, rings);
  const isBoxed = x !== undefined && y !== undefined && widthPx !== undefined && heightPx !== undefined;
  return {
    id,
    ...withoutUndefined(rest),
    ...(isBoxed && { box: { xMin: x, yMin: y, xMax: x + widthPx, yMax: y + heightPx } }),
    ...(shape && { shape }),
    ...(scaleBar && { scaleBar: withoutUndefined(scaleBar) }),
    ...(markerSet !== undefined && { markerSet: typeof markerSet === 'string' ? { name: markerSet } : markerSet }),
  };
}

function toShape(
  points: readonly Point[] | undefined,
  closed: boolean,
  rings: readonly (readonly Point[])[] | undefined,
): RoiShape | undefined {
  if (rings) return { kind: 'polygon', rings: rings.map(openRing) };
  if (!points) return undefined;
  return closed ? { kind: 'polygon', rings: [openRing(points)] } : { kind: 'polyline', points };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** zod leaves absent fields out; its types say that they may also be there as `undefined`. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return value as Defined<T>;
}
