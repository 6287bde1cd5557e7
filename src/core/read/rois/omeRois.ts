import path from 'node:path';
import { messageOf } from '../../model/exportError';
import type { Roi, RoiPolygon } from '../../model/roi';
import { isOmeXml, parseOmeXml } from '../omeXml';
import { stackName } from '../stack/nameChannels';
import { openTiff } from '../tiff/openTiff';
import { findOmeRois, type OmeRoi, type OmeRois } from './findOmeRois';
import { type OmePlace, placeOmeShape } from './placeOmeShape';
import { BadRoi, quoted, type RoiCollector, type RoiDraft } from './roiCollector';

/** Reads the ROIs in the metadata of an OME-TIFF. @throws ExportError `DatasetInvalid` if it cannot be read or has none */
export async function readOmeTiffRois(collector: RoiCollector): Promise<void> {
  const { file } = collector;
  const expected = 'an OME-TIFF with ROIs in its metadata';
  let xml: string | undefined;
  try {
    const tiff = await openTiff(file);
    await tiff.close();
    xml = tiff.pages[0].description?.trim();
  } catch (error) {
    throw collector.unreadable(expected, `it cannot be read: ${messageOf(error)}`, error);
  }
  if (xml === undefined || !isOmeXml(xml)) throw collector.unreadable(expected, 'found a TIFF without OME-XML');
  // TIFF calls its texts ASCII, and they are read byte by byte; OME-XML in them is UTF-8.
  const bytes = Buffer.from(xml, 'latin1');
  const utf8 = /[^\0-\xff]/.test(xml) ? xml : bytes.toString('utf8');
  await readOmeRois(utf8.includes('\ufffd') ? xml : utf8, collector, true);
}

/**
 * Reads the ROIs of OME-XML (schemas 2009 to 2016-06), whatever plane they are on. The shapes of a ROI are one region: their
 * union, in which a shape that stands on several planes counts once. Shapes that are none, such as labels, are left out
 * with a warning. Coordinates are taken as pixel corners. Tags are the ROI's tag annotations. Where the file says what
 * image a ROI is in, its FOV is the one that the dataset has of it; a ROI of two images is two.
 * @param isTiff whether the XML is that of an image file, and not a file of its own
 */
export async function readOmeRois(xml: string, collector: RoiCollector, isTiff: boolean): Promise<void> {
  const document = parseOmeXml(xml);
  if (!document) throw collector.unreadable('OME-XML', 'its XML is broken, or of another kind');
  if (document.metadataFile !== undefined)
    throw collector.unreadable('OME-XML with ROIs', `found only that they are in ${quoted(document.metadataFile)}`);
  const fovs = fovNames(collector.file, document, isTiff);
  let found: OmeRois;
  try {
    found = findOmeRois(xml, collector.bounds.rois);
  } catch (error) {
    throw collector.unreadable('OME-XML', messageOf(error));
  }
  for (const [i, roi] of found.rois.entries()) {
    const id = roi.id ?? String(i + 1);
    const title = `ROI ${quoted(id)}${roi.name === '' ? '' : ` (${quoted(roi.name)})`}`;
    const place = await placeOf(roi, title, id, collector);
    if (!place) continue;
    const images =
      roi.image !== undefined ? [roi.image] : [...(found.images.get(id) ?? (fovs.length === 1 ? [0] : []))];
    const homes = images.length > 0 ? images.map((image) => fovs[image]) : [undefined];
    const tags = roi.annotations.map((annotation) => found.tags.get(annotation) ?? '').filter((tag) => tag !== '');
    for (const [k, fov] of homes.entries()) {
      collector.take(title, (): RoiDraft => ({
        id: k === 0 ? id : `${id}:${fov ?? k + 1}`,
        name: roi.name,
        ...(fov !== undefined && { fov }),
        ...place,
        tags,
        ...(roi.comment !== undefined && { comment: roi.comment }),
      }));
      await collector.pause();
    }
  }
}

/** Where a ROI is by all of its shapes that are regions; `undefined` if none is, of which the user is told. */
async function placeOf(
  { shapes }: OmeRoi,
  title: string,
  id: string,
  collector: RoiCollector,
): Promise<Pick<RoiDraft, 'box' | 'shape'> | undefined> {
  const places: OmePlace[] = [];
  const left: [what: string, why: BadRoi][] = [];
  for (const [n, shape] of shapes.entries()) {
    try {
      places.push(placeOmeShape(shape));
    } catch (error) {
      if (!(error instanceof BadRoi)) throw error;
      left.push([`shape ${quoted(shape.attributes.get('id') ?? `${id}:${n + 1}`)} of ${title}`, error]);
    }
    await collector.pause();
  }
  if (shapes.length === 0) collector.leaveOut(title, new BadRoi('a shape', 'found none'));
  for (const [what, why] of left) {
    if (places.length > 0) collector.leaveOutPart(what, why);
    else collector.leaveOut(what, why);
  }
  return places.length > 0 ? joined(places) : undefined;
}

/** What repeats on several planes is there once. */
function joined(places: readonly OmePlace[]): Pick<RoiDraft, 'box' | 'shape'> {
  const [first, ...others] = new Map(places.map((place) => [JSON.stringify(place), place])).values();
  if (others.length === 0) return first;
  const parts = [first, ...others].map((place) => ('shape' in place ? place.shape : rectangle(place.box)));
  return { shape: { kind: 'union', parts } };
}

function rectangle({ xMin, yMin, xMax, yMax }: Roi['box']): RoiPolygon {
  return {
    kind: 'polygon',
    rings: [
      [
        [xMin, yMin],
        [xMax, yMin],
        [xMax, yMax],
        [xMin, yMax],
      ],
    ],
  };
}

/** The names that `readOmeFovs` gives to the images, as far as they are known without looking at other files. */
function fovNames(
  file: string,
  { images }: NonNullable<ReturnType<typeof parseOmeXml>>,
  isTiff: boolean,
): (string | undefined)[] {
  const homes = images.map(({ tiffData }) => {
    const names = new Set(tiffData.map(({ fileName }) => fileName));
    const [name] = names;
    if (names.size > 1 || (isTiff && (images.length === 1 || name === undefined))) return path.basename(file);
    return name === undefined ? undefined : path.basename(name);
  });
  const counts = new Map<string | undefined, number>();
  for (const home of homes) counts.set(home, (counts.get(home) ?? 0) + 1);
  return homes.map((home, i) => {
    if (home === undefined) return undefined;
    return counts.get(home) === 1 ? stackName(home) : `${stackName(home)}_${i}`;
  });
}
