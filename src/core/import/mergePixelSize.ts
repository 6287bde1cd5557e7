import path from 'node:path';
import { datasetSettingsSchema } from '../model/datasetSettings';
import type { ImportLedger } from './importLedger';
import { type OwnFile, ownFileText } from '../store/ownFile';
import { readJson } from '../store/readJson';

/** What UELer has where nobody said anything. */
const untouchedUm = 0.39;

/** `dataset.json` with UELer's pixel size. `DatasetInvalid` if it is there and broken. */
export async function mergePixelSize(
  dataset: string,
  pixelSizeUm: number | undefined,
  ledger: ImportLedger,
): Promise<OwnFile[]> {
  if (pixelSizeUm === undefined) return [];
  const place = '.batch-export/dataset.json';
  const own = await readJson(path.join(dataset, place), datasetSettingsSchema);
  const thing = { kind: 'pixel size', name: `${pixelSizeUm} µm`, file: place } as const;
  if (!ledger.takes(thing, pixelSizeUm, own?.pixelSizeUm)) return [];
  if (pixelSizeUm === untouchedUm) {
    ledger.notes.push(`The pixel size, ${pixelSizeUm} µm, is the one that UELer starts with; check that it is yours.`);
  }
  const content = ownFileText('dataset', { ...own, pixelSizeUm });
  return [{ path: place, content, replaces: own !== undefined }];
}
