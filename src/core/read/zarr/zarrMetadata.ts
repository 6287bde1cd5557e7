import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, type ExportErrorCode, isExportError, messageOf, systemCodeOf } from '../../model/exportError';

/** Any JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A metadata file that is longer is no metadata. */
const maxMetadataBytes = 64 * 2 ** 20;

/** Thrown inside; `explainZarr` adds what was expected and where. */
export class ZarrProblem extends Error {
  constructor(
    readonly code: ExportErrorCode,
    readonly expected: string,
    readonly found: string,
  ) {
    super(found);
  }
}

/** A problem where all that can be said of what was expected is that it is an image. */
export function unreadableZarr(found: string): ZarrProblem {
  return new ZarrProblem('ImageUnreadable', 'an OME-Zarr image', found);
}

/** Runs `read`; what it throws that has no code yet gets one, and words with the folder in them. */
export async function explainZarr<T>(folder: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isExportError(error)) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw error;
    const { code, expected, found } = error instanceof ZarrProblem ? error : unreadableZarr(reason(error));
    throw new ExportError(code, `Expected ${expected} in ${folder}, but ${found}.`, { folder }, error);
  }
}

/** In words, what went wrong below us. */
function reason(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'reading it is not permitted';
  return messageOf(error);
}

/** The object in a JSON file; `undefined` if there is no such file. */
export async function readJsonObject(file: string): Promise<JsonObject | undefined> {
  const name = path.basename(file);
  let text;
  try {
    const { size, isFile } = await stat(file).then((found) => ({ size: found.size, isFile: found.isFile() }));
    // A named pipe would be waited for, for ever.
    if (!isFile) throw unreadableZarr(`its ${name} is not a file`);
    if (size > maxMetadataBytes) throw unreadableZarr(`its ${name} is ${size} bytes long, too much for metadata`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCodeOf(error) ?? '')) return undefined;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unreadableZarr(`its ${name} is not valid JSON: ${messageOf(error)}`);
  }
  if (!isObject(value)) throw unreadableZarr(`its ${name} is not a JSON object`);
  return value;
}

/**
 * What an OME-Zarr group says: `attributes.ome` of its `zarr.json` (0.5), or its `.zattrs` (0.1 to 0.4).
 * `undefined` if the folder is no group.
 */
export async function readGroupAttributes(folder: string): Promise<JsonObject | undefined> {
  const v3 = await readJsonObject(path.join(folder, 'zarr.json'));
  if (v3) {
    if (v3['node_type'] !== 'group') return undefined;
    const attributes = isObject(v3['attributes']) ? v3['attributes'] : {};
    return isObject(attributes['ome']) ? attributes['ome'] : attributes;
  }
  const attributes = await readJsonObject(path.join(folder, '.zattrs'));
  // An array has attributes as well.
  if (await readJsonObject(path.join(folder, '.zarray'))) return undefined;
  return attributes ?? (await readJsonObject(path.join(folder, '.zgroup')).then((group) => group && {}));
}

/** A folder that metadata names, which must lie inside. */
export function childFolder(folder: string, relative: string): string {
  const child = path.resolve(folder, relative);
  const steps = path.relative(folder, child);
  if (steps.startsWith('..') || path.isAbsolute(steps)) {
    throw unreadableZarr(`its metadata names a folder outside of it, ${relative}`);
  }
  return child;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects in a JSON array; none of anything else. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
