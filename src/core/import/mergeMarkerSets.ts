import path from 'node:path';
import * as z from 'zod';
import { mapEntry } from '../model/mapEntry';
import type { MarkerSet } from '../model/markerSet';
import { markerSetFileSchema } from '../model/markerSet';
import type { ImportLedger } from './importLedger';
import { type OwnFile, ownFileText } from '../store/ownFile';
import { checkJson, readJson } from '../store/readJson';

/** As it was written, so that what the user wrote stays. */
const rawSchema = z.looseObject({ markerSets: z.array(z.unknown()) });

/** `marker-sets.json` with UELer's marker sets. `DatasetInvalid` if it is there and broken: it would be lost. */
export async function mergeMarkerSets(
  dataset: string,
  sets: readonly MarkerSet[],
  ledger: ImportLedger,
): Promise<OwnFile[]> {
  const place = '.batch-export/marker-sets.json';
  const file = path.join(dataset, place);
  const raw = await readJson(file, rawSchema);
  const own = raw ? checkJson(file, raw, markerSetFileSchema).markerSets : [];
  const places = new Map<string, number>();
  for (const [i, { name }] of own.entries()) mapEntry(places, name, () => i);
  const merged: unknown[] = [...(raw?.markerSets ?? [])];
  let changed = false;
  for (const { name, channels } of sets) {
    const set = { name, channels };
    const at = places.get(name);
    const ours = at === undefined ? undefined : own[at];
    if (!ledger.takes({ kind: 'marker set', name, file: place }, set, ours)) continue;
    changed = true;
    if (at === undefined) merged.push(set);
    else merged[at] = set;
  }
  if (!changed) return [];
  const content = ownFileText('marker-sets', { ...raw, markerSets: merged });
  return [{ path: place, content, replaces: raw !== undefined }];
}
