import { stat } from 'node:fs/promises';
import path from 'node:path';
import { childFolder, explainZarr, isObject, type JsonObject, objectsIn, readGroupAttributes } from './zarrMetadata';

/** An image of an OME-Zarr; the name tells it from the others and is empty where it is the only one. */
export interface FoundZarrImage {
  readonly name: string;
  readonly folder: string;
}

const metadataFiles = ['zarr.json', '.zgroup', '.zattrs', '.zarray'];

/** More images than a writer of series would number. */
const maxSeries = 100_000;

/** Whether this folder is a zarr group or array. */
export async function isZarr(folder: string): Promise<boolean> {
  const found = await Promise.all(metadataFiles.map((name) => stat(path.join(folder, name)).catch(() => undefined)));
  return found.some((file) => file?.isFile());
}

/**
 * The images of an OME-Zarr: one, or the fields of a plate, or the series of a conversion. Empty if it is no OME-Zarr.
 * Whether the images can be read is not looked at. Fails with `ImageUnreadable`, naming the folder.
 */
export async function findZarrImages(folder: string): Promise<readonly FoundZarrImage[]> {
  return explainZarr(folder, async () => {
    const attributes = await readGroupAttributes(folder);
    if (!attributes) return [];
    // A plate may be laid out by the converter of series: then its wells are what counts.
    if (isObject(attributes['plate'])) return findFields(folder, attributes['plate']);
    if (attributes['bioformats2raw.layout'] !== undefined) return findSeries(folder);
    return Array.isArray(attributes['multiscales']) ? [{ name: '', folder }] : [];
  });
}

async function findFields(folder: string, plate: JsonObject): Promise<FoundZarrImage[]> {
  const found: FoundZarrImage[] = [];
  for (const { path: wellPath } of objectsIn(plate['wells'])) {
    if (typeof wellPath !== 'string') continue;
    const wellFolder = childFolder(folder, wellPath);
    const name = wellPath.split('/').join('');
    const fields = await listFields(wellFolder);
    // A well that is listed and cannot be read is not passed over: opening it will say what is wrong.
    if (fields.length === 0) found.push({ name, folder: wellFolder });
    for (const [i, field] of fields.entries()) {
      found.push({ name: fields.length > 1 ? `${name}_${i}` : name, folder: field });
    }
  }
  return found;
}

async function listFields(wellFolder: string): Promise<string[]> {
  const attributes = await readGroupAttributes(wellFolder).catch(() => undefined);
  const images = isObject(attributes?.['well']) ? objectsIn(attributes['well']['images']) : [];
  return images.flatMap((image) => (typeof image['path'] === 'string' ? [childFolder(wellFolder, image['path'])] : []));
}

/** The images that the group OME lists, else those in folders 0, 1, 2 … */
async function findSeries(folder: string): Promise<FoundZarrImage[]> {
  const listed = (await readGroupAttributes(path.join(folder, 'OME')))?.['series'];
  const names = Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : [];
  if (names.length === 0) {
    for (let i = 0; i < maxSeries && (await isZarr(path.join(folder, `${i}`))); i++) names.push(`${i}`);
  }
  return names.map((name) => ({ name: names.length > 1 ? name : '', folder: childFolder(folder, name) }));
}
