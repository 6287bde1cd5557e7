import { isUtf8 } from 'node:buffer';
import { open, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { TextDecoder } from 'node:util';
import type { Problem } from '../../model/dataset';
import { isExportError, messageOf, systemCodeOf } from '../../model/exportError';
import type { Roi } from '../../model/roi';
import { isOmeXml } from '../omeXml';
import { describe, isGeoJson, readGeoJsonRois } from './geoJsonRois';
import { readImageJRoi, readImageJZip } from './imageJRois';
import { readOmeRois, readOmeTiffRois } from './omeRois';
import { isOwnRois, readOwnRois } from './ownRois';
import { parseJson } from './parseJson';
import { RoiCollector, type RoiOptions, unreadable } from './roiCollector';
import { readUelerRois } from './uelerRois';

/** What is read as a whole may be so long; tables and TIFFs are not. */
const maxBytes = 2 ** 27;

const someRois =
  "regions of interest (UELer's roi_manager.csv, GeoJSON of QuPath, ImageJ .roi or .zip, OME-TIFF or OME-XML, or our own JSON)";

/**
 * Reads the regions of interest of a file: UELer's table, GeoJSON, ImageJ's `.roi` or `.zip`, an OME-TIFF or OME-XML file,
 * or our own JSON. What it is, its first bytes say; its name only decides whether other text may be a table.
 *
 * Boxes and shapes are full-resolution pixels, integers being pixel corners; they may reach beyond the image. Ids are
 * unique. A ROI that cannot be used is left out with a warning that names it; of more than fifty the rest is counted.
 * Time and memory are bounded whatever the file says of itself.
 * @param file absolute path
 * @param warnings gets a `RoiInvalid` for each ROI, or part of one, that is not used
 * @param signal is asked now and then
 * @param options `anchor` for tables of `x`, `y`, `width` and `height` that are not UELer's
 * @throws ExportError `DatasetInvalid` if the file as a whole cannot be read or is something else
 */
export async function readRois(
  file: string,
  warnings: Problem[],
  signal?: AbortSignal,
  options: RoiOptions = {},
): Promise<Roi[]> {
  signal?.throwIfAborted();
  const { head, length } = await readHead(file);
  const collector = new RoiCollector(file, warnings, signal, options);
  const beginning = head.toString('latin1');
  if (length === 0) throw unreadable(file, someRois, 'it is empty');
  if (/^(?:II[*+]\0|MM\0[*+])/.test(beginning)) await readOmeTiffRois(collector);
  else if (beginning.startsWith('Iout')) readImageJRoi(await readWhole(file, length), collector);
  else if (/^PK(?:\x03\x04|\x05\x06)/.test(beginning)) await readImageJZip(await readWhole(file, length), collector);
  else if (beginning.startsWith('\x1f\x8b'))
    throw unreadable(file, someRois, 'it is compressed with gzip; unpack it first');
  else if (/^[[{]/.test(textStart(head))) await readJsonRois(await readWhole(file, length), collector);
  else if (textStart(head).startsWith('<')) await readXmlRois(await readWhole(file, length), collector);
  else await readTable(collector, signal);
  signal?.throwIfAborted();
  if (options.anchor !== undefined && !collector.isAnchorUsed)
    collector.warn(`--roi-anchor has no effect on ${file}, which says itself where its ROIs are.`);
  return collector.finish();
}

async function readHead(file: string): Promise<{ readonly head: Buffer; readonly length: number }> {
  try {
    const info = await stat(file);
    // Opening a pipe would wait until somebody writes into it.
    if (!info.isFile()) throw unreadable(file, someRois, info.isDirectory() ? 'it is a folder' : 'it is not a file');
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(1024), 0, 1024, 0);
      return { head: buffer.subarray(0, bytesRead), length: info.size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isExportError(error)) throw error;
    const code = systemCodeOf(error);
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const isForbidden = code === 'EACCES' || code === 'EPERM';
    const reason = isMissing
      ? 'there is no such file'
      : isForbidden
        ? 'you are not permitted to read it'
        : `it cannot be read: ${messageOf(error)}`;
    throw unreadable(file, someRois, reason, error);
  }
}

async function readWhole(file: string, length: number): Promise<Buffer> {
  if (length > maxBytes) throw unreadable(file, `at most ${maxBytes} bytes of ROIs`, `found ${length}; split the file`);
  try {
    return await readFile(file);
  } catch (error) {
    throw unreadable(file, someRois, `it cannot be read: ${messageOf(error)}`, error);
  }
}

/** The beginning of a text, without byte order mark and blanks. */
function textStart(head: Buffer): string {
  const isUtf16 = /^(?:\xff\xfe|\xfe\xff)/.test(head.toString('latin1', 0, 2));
  const text = isUtf16 ? toText(head) : head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  return text.trimStart();
}

/** Text by its byte order mark; else UTF-8, or, where it is not that, what old programs on Windows write. */
function toText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'windows-1252').decode(bytes);
}

async function readJsonRois(bytes: Buffer, collector: RoiCollector): Promise<void> {
  const expected = "regions of interest (GeoJSON, or our own {'version': 1, 'rois': […]})".replaceAll("'", '"');
  let value: unknown;
  try {
    value = parseJson(toText(bytes), collector.bounds.jsonParts);
  } catch (error) {
    throw collector.unreadable(expected, messageOf(error), error);
  }
  if (isOwnRois(value)) await readOwnRois(value, collector);
  else if (isGeoJson(value)) await readGeoJsonRois(value, collector);
  else throw collector.unreadable(expected, `found ${describe(value)}${keysOf(value)}`);
}

function keysOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ' of other things';
  const keys = Object.keys(value).slice(0, 5);
  return keys.length === 0
    ? ' that is empty'
    : ` with ${keys.map((key) => JSON.stringify(key.slice(0, 40))).join(', ')}`;
}

async function readXmlRois(bytes: Buffer, collector: RoiCollector): Promise<void> {
  const xml = toText(bytes).trimStart();
  if (!isOmeXml(xml)) throw collector.unreadable(someRois, 'found XML that is not OME-XML, or a web page');
  await readOmeRois(xml, collector, false);
}

/** A table, if its name says so; any other text or bytes are only tried, and what they are not is said of ROIs. */
async function readTable(collector: RoiCollector, signal: AbortSignal | undefined): Promise<void> {
  try {
    await readUelerRois(collector, signal);
  } catch (error) {
    const isTable = /^\.(?:csv|tsv|txt)$/i.test(path.extname(collector.file));
    if (isTable || !isExportError(error)) throw error;
    const reason = /, but (.*)\.$/s.exec(error.message)?.[1] ?? error.message;
    throw unreadable(collector.file, someRois, reason, error);
  }
}
