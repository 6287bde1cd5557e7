import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod';
import type { Roi } from '../model/roi';
import type { ImportLedger } from './importLedger';
import { type OwnFile, ownFileText } from '../store/ownFile';
import { readJson } from '../store/readJson';

/** As it was written, so that what the user wrote stays. */
const rawSchema = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  rois: z.array(z.unknown()),
});

const ownRoisPlace = '.batch-export/rois.json';

/**
 * `rois.json` with UELer's ROIs, which are told apart by the ids that are written in both files: a number of an entry or a
 * row is none. A row without an id gets one from what it says, so that the next import knows it again. `DatasetInvalid` if
 * the file is there and broken.
 */
export async function mergeRois(dataset: string, rois: readonly Roi[], ledger: ImportLedger): Promise<OwnFile[]> {
  if (rois.length === 0) return [];
  const raw = await readJson(path.join(dataset, ownRoisPlace), rawSchema);
  const merged: unknown[] = [...(raw?.rois ?? [])];
  const places = new Map(merged.map((entry, i) => [idOf(entry), i]));
  const repeats = new Map<string, number>();
  let changed = false;
  for (const roi of rois) {
    const title = roi.name || roi.id;
    const content = toEntry(roi);
    if (typeof content === 'string') {
      ledger.leaveOut('ROI', title, content);
      continue;
    }
    const id = roi.isNumbered ? idOfContent(content, repeats) : roi.id;
    const entry = { id, ...content };
    const at = places.get(id);
    const thing = { kind: 'ROI', name: title, file: ownRoisPlace } as const;
    if (!ledger.takes(thing, entry, at === undefined ? undefined : merged[at])) continue;
    changed = true;
    if (at === undefined) merged.push(entry);
    else merged[at] = entry;
  }
  if (!changed) return [];
  const text = ownFileText('rois', { ...raw, rois: merged });
  return [{ path: ownRoisPlace, content: text, replaces: raw !== undefined }];
}

function idOf(entry: unknown): unknown {
  return typeof entry === 'object' && entry !== null && 'id' in entry ? entry.id : undefined;
}

/** The second of two rows that say the same has a 2 at its end. @param repeats how often each id was asked for; is counted on */
function idOfContent(content: object, repeats: Map<string, number>): string {
  const id = `ueler-${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 12)}`;
  const count = (repeats.get(id) ?? 0) + 1;
  repeats.set(id, count);
  return count === 1 ? id : `${id}-${count}`;
}

/** A ROI as our file has it, but for its id; or why it cannot be in one. */
function toEntry({ name, fov, mapId, box, shape, tags, markerSet, ...rest }: Roi): object | string {
  if (fov === undefined && mapId === undefined) return 'it names no FOV';
  const { xMin, yMin, xMax, yMax } = box;
  const isBoxed = xMax > xMin && yMax > yMin;
  if (!isBoxed && !shape) return 'its box has no area';
  const { annotationPalette, maskColorSet, maskVisibility, scaleBar, comment } = rest;
  const [ring, ...others] = shape?.kind === 'polygon' ? shape.rings : [];
  return {
    name,
    ...(fov === undefined ? { mapId } : { fov }),
    ...(isBoxed && { x: xMin, y: yMin, widthPx: lengthTo(xMin, xMax), heightPx: lengthTo(yMin, yMax) }),
    ...(shape?.kind === 'polyline' && { points: shape.points, closed: false }),
    ...(shape?.kind === 'polygon' && (others.length === 0 ? { points: ring } : { rings: shape.rings })),
    ...(tags.length > 0 && { tags }),
    ...(markerSet && { markerSet: 'name' in markerSet ? markerSet.name : markerSet }),
    ...(annotationPalette !== undefined && { annotationPalette }),
    ...(maskColorSet !== undefined && { maskColorSet }),
    ...(maskVisibility && { maskVisibility }),
    ...(scaleBar && { scaleBar }),
    ...(comment !== undefined && { comment }),
  };
}

/**
 * A length that leads from `min` to just `max` again, and has few digits if one of those does. Where there is none, one that
 * ends a little before `max`: an end on a pixel's corner must not reach into the next pixel.
 */
function lengthTo(min: number, max: number): number {
  const length = max - min;
  const short = [6, 9, 12, 15].map((digits) => Number(length.toPrecision(digits)));
  const step = 2 ** (Math.floor(Math.log2(length)) - 52);
  const exact = [...short, length, length + step, length - step].find((candidate) => min + candidate === max);
  return exact ?? [length, length - step].find((candidate) => min + candidate <= max) ?? length;
}
