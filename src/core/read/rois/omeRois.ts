import path from 'node:path';
import { messageOf } from '../../model/exportError';
import type { Point, RoiShape } from '../../model/roi';
import { isOmeXml, parseOmeXml } from '../omeXml';
import { stackName } from '../stack/nameChannels';
import { openTiff } from '../tiff/openTiff';
import { ellipsePoints } from './curves';
import { BadRoi, maxRois, openRing, quoted, type RoiCollector } from './roiCollector';
import { attributesOf, decodeXml, scanXml } from './scanXml';

/** One shape of a ROI, before it is known whether it is of use. */
interface OmeShape {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** x' = a x + c y + e, y' = b x + d y + f. */
  transform?: readonly [a: number, b: number, c: number, d: number, e: number, f: number];
}

interface OmeRoi {
  readonly id?: string;
  readonly name: string;
  readonly shapes: OmeShape[];
  readonly annotations: string[];
  /** The image that it is written in, as before 2010. */
  readonly image?: number;
  comment?: string;
}

interface OmeRois {
  readonly rois: readonly OmeRoi[];
  /** By the id of a ROI, the indices of the images that refer to it. */
  readonly images: ReadonlyMap<string, ReadonlySet<number>>;
  /** By the id of an annotation, a tag. */
  readonly tags: ReadonlyMap<string, string>;
}

/** Shapes around others, and shapes in older schemas by their names of today. */
const wrappers: readonly string[] = ['Union', 'Shape'];
const oldNames: Readonly<Record<string, string>> = { Rect: 'Rectangle', Text: 'Label' };

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
 * Reads the ROIs of OME-XML (schemas 2009 to 2016-06), whatever plane they are on. Every shape in a `Union` that is of
 * use is a ROI of its own, since the shapes may overlap, be lines and areas, or repeat on several planes; if there is one
 * only, its id is that of the ROI. Coordinates are taken as pixel corners. Tags are the ROI's tag annotations. Where the
 * file says what image a ROI is in, its FOV is the one that the dataset has of it; a ROI of two images is two.
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
    found = findRois(xml);
  } catch (error) {
    throw collector.unreadable('OME-XML', messageOf(error));
  }
  for (const [i, roi] of found.rois.entries()) {
    const id = roi.id ?? String(i + 1);
    const title = `ROI ${quoted(id)}${roi.name === '' ? '' : ` (${quoted(roi.name)})`}`;
    const images =
      roi.image !== undefined ? [roi.image] : [...(found.images.get(id) ?? (fovs.length === 1 ? [0] : []))];
    const places = images.length > 0 ? images.map((image) => fovs[image]) : [undefined];
    const isAlone = roi.shapes.filter(({ name }) => !isUseless(name)).length <= 1;
    const tags = roi.annotations.map((annotation) => found.tags.get(annotation) ?? '').filter((tag) => tag !== '');
    if (roi.shapes.length === 0)
      collector.take(title, () => {
        throw new BadRoi('a shape', 'found none');
      });
    for (const [n, shape] of roi.shapes.entries()) {
      const shapeId = shape.attributes.get('id') ?? `${id}:${n + 1}`;
      const what = `shape ${quoted(shapeId)} of ${title}`;
      for (const [k, fov] of (isUseless(shape.name) ? [undefined] : places).entries()) {
        const own = isAlone ? id : shapeId;
        collector.take(what, () => ({
          id: k === 0 ? own : `${own}:${fov ?? k + 1}`,
          name: roi.name,
          ...(fov !== undefined && { fov }),
          ...placeOf(shape),
          tags,
          ...(roi.comment !== undefined && { comment: roi.comment }),
        }));
        await collector.pause();
      }
    }
  }
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

/** Walks over the document once; what is not about ROIs costs only the way past it. */
function findRois(xml: string): OmeRois {
  const rois: OmeRoi[] = [];
  const images = new Map<string, Set<number>>();
  const tags = new Map<string, string>();
  const open: string[] = [];
  let image = -1;
  let roi: OmeRoi | undefined;
  let shape: OmeShape | undefined;
  let tagId: string | undefined;
  let textFrom = 0;
  let count = 0;
  for (const tag of scanXml(xml)) {
    const { kind, name } = tag;
    if (kind === 'close') {
      open.pop();
      const text = (): string => decodeXml(xml.slice(textFrom, tag.start)).trim();
      if (name === 'ROI') roi = undefined;
      else if (roi && name === 'Description' && open.at(-1) === 'ROI') roi.comment = text();
      else if (tagId !== undefined && name === 'Value' && open.at(-1) === 'TagAnnotation') tags.set(tagId, text());
      textFrom = tag.end;
      continue;
    }
    const parent = open.at(-1);
    if (kind === 'open') open.push(name);
    textFrom = tag.end;
    // Whatever other programs keep there is not OME's.
    if (open.includes('XMLAnnotation')) continue;
    if (name === 'Image') image++;
    else if (name === 'ROI') {
      roi = toRoi(attributesOf(xml, tag), open.includes('Image') ? image : undefined);
      rois.push(roi);
      if (kind === 'empty') roi = undefined;
    } else if (name === 'TagAnnotation') tagId = attributesOf(xml, tag).get('id');
    else if (!roi && name === 'ROIRef') {
      const id = attributesOf(xml, tag).get('id') ?? '';
      const known = images.get(id);
      if (known) known.add(image);
      else images.set(id, new Set([image]));
    } else if (roi && name === 'AnnotationRef' && parent === 'ROI')
      roi.annotations.push(attributesOf(xml, tag).get('id') ?? '');
    else if (roi && shape && name === 'Transform') {
      const attributes = attributesOf(xml, tag);
      const [a, b, c, d, e, f] = ['a00', 'a10', 'a01', 'a11', 'a02', 'a12'].map((key) => numberOf(attributes.get(key)));
      shape.transform = [a, b, c, d, e, f];
    } else if (roi && parent === 'Union') {
      shape = { name: oldNames[name] ?? name, attributes: attributesOf(xml, tag) };
      roi.shapes.push(shape);
      if (++count > maxRois) throw new Error(`it has more than ${maxRois} shapes; split it`);
    } else if (roi && shape?.name === 'Shape' && parent === 'Shape' && /^[A-Z]/.test(name)) {
      // Until 2012 a `Shape` was around each, and had its id.
      const attributes = new Map([...attributesOf(xml, tag), ...shape.attributes]);
      shape = { name: oldNames[name] ?? name, attributes };
      roi.shapes.splice(-1, 1, shape);
    }
  }
  return { rois, images, tags };
}

function toRoi(attributes: ReadonlyMap<string, string>, image: number | undefined): OmeRoi {
  const id = attributes.get('id');
  return {
    ...(id !== undefined && id !== '' && { id }),
    name: attributes.get('name') ?? '',
    shapes: [],
    annotations: [],
    ...(image !== undefined && { image }),
  };
}

function isUseless(name: string): boolean {
  return name === 'Point' || name === 'Label' || name === 'Mask' || wrappers.includes(name);
}

/** Box or shape; a rectangle that was not turned is a box. */
function placeOf({ name, attributes, transform }: OmeShape): {
  readonly shape?: RoiShape;
  readonly box?: { xMin: number; yMin: number; xMax: number; yMax: number };
} {
  const number = (...keys: readonly string[]): number => {
    const key = keys.find((each) => attributes.has(each)) ?? keys[0];
    const value = numberOf(attributes.get(key));
    if (!Number.isFinite(value)) throw new BadRoi(`a number "${key}"`, foundFor(attributes.get(key)));
    return value;
  };
  const matrix = transform ?? readMatrix(attributes.get('transform'));
  const place = (points: readonly Point[]): Point[] =>
    matrix ? points.map((point) => transformed(point, matrix)) : [...points];
  const polygon = (points: readonly Point[]): { shape: RoiShape } => ({
    shape: { kind: 'polygon', rings: [place(points)] },
  });
  const polyline = (points: readonly Point[]): { shape: RoiShape } => ({
    shape: { kind: 'polyline', points: place(points) },
  });
  if (matrix?.some((value) => !Number.isFinite(value))) throw new BadRoi('a transform of six numbers', 'found others');
  switch (name) {
    case 'Rectangle': {
      const [x, y, width, height] = [number('x'), number('y'), number('width'), number('height')];
      if (!(width >= 0 && height >= 0)) throw new BadRoi('a size that is not negative', `found ${width} × ${height}`);
      const corners: Point[] = [
        [x, y],
        [x + width, y],
        [x + width, y + height],
        [x, y + height],
      ];
      if (matrix && (matrix[1] !== 0 || matrix[2] !== 0)) return polygon(corners);
      const [first, , third] = place(corners);
      const [xs, ys] = [
        [first[0], third[0]],
        [first[1], third[1]],
      ];
      return { box: { xMin: Math.min(...xs), yMin: Math.min(...ys), xMax: Math.max(...xs), yMax: Math.max(...ys) } };
    }
    case 'Ellipse':
    case 'Circle': {
      const radius = ['radiusx', 'rx', 'radius', 'r'];
      const [radiusX, radiusY] = [number(...radius), name === 'Circle' ? number(...radius) : number('radiusy', 'ry')];
      if (!(radiusX >= 0 && radiusY >= 0))
        throw new BadRoi('radii that are not negative', `found ${radiusX} and ${radiusY}`);
      return ellipse([number('x', 'cx'), number('y', 'cy')], radiusX, radiusY, matrix);
    }
    case 'Line':
      return polyline([
        [number('x1'), number('y1')],
        [number('x2'), number('y2')],
      ]);
    case 'Polygon':
    case 'Polyline': {
      const points = readPoints(attributes.get('points'));
      const isClosed = name === 'Polygon' || attributes.get('closed') === 'true';
      const ring = isClosed ? openRing(points) : points;
      const least = isClosed ? 3 : 2;
      if (ring.length < least) throw new BadRoi(`at least ${least} points`, `found ${ring.length}`);
      return isClosed ? polygon(ring) : polyline(ring);
    }
    case 'Point':
      throw new BadRoi('a region', 'found a point, which has no area');
    case 'Label':
      throw new BadRoi('a region', 'found a label, which has no area');
    case 'Mask':
      throw new BadRoi('an outline', 'found a mask, which is not supported');
    default:
      throw new BadRoi('a known shape', `found ${quoted(name)}`);
  }
}

/** Made round where it ends up, so that an enlarged one is no coarser. */
function ellipse(
  [x, y]: Point,
  radiusX: number,
  radiusY: number,
  matrix: OmeShape['transform'],
): { readonly shape: RoiShape } {
  const [a, b, c, d] = matrix ?? [1, 0, 0, 1];
  const scale = Math.max(1, Math.hypot(a, b), Math.hypot(c, d));
  const points = ellipsePoints(0, 0, radiusX * scale, radiusY * scale).map(([dx, dy]): Point => {
    const point = [x + dx / scale, y + dy / scale] as const;
    return matrix ? transformed(point, matrix) : point;
  });
  return { shape: { kind: 'polygon', rings: [points] } };
}

function transformed([x, y]: Point, [a, b, c, d, e, f]: NonNullable<OmeShape['transform']>): Point {
  return [a * x + c * y + e, b * x + d * y + f];
}

/** Until 2011 a transform was a text, as in SVG: `matrix(a b c d e f)`. */
function readMatrix(text: string | undefined): OmeShape['transform'] {
  if (text === undefined || /^\s*(?:none)?\s*$/i.test(text)) return undefined;
  const parts =
    /^\s*(?:matrix)?\s*[[(]([^\])]*)[\])]\s*$/
      .exec(text)?.[1]
      .trim()
      .split(/[\s,]+/) ?? [];
  if (parts.length !== 6) throw new BadRoi('a transform of six numbers', `found ${quoted(text)}`);
  const [a, b, c, d, e, f] = parts.map(numberOf);
  return [a, b, c, d, e, f];
}

/** `1,2 3,4`, also with commas between the points, and as `points[1,2, 3,4] …`, which OMERO wrote. */
function readPoints(text: string | undefined): Point[] {
  const list = /^\s*points\[([^\]]*)\]/.exec(text ?? '')?.[1] ?? text ?? '';
  const numbers = list
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(numberOf);
  if (numbers.length % 2 !== 0 || numbers.some((value) => !Number.isFinite(value)))
    throw new BadRoi('points "x,y x,y"', foundFor(text));
  return Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i], numbers[2 * i + 1]]);
}

function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? Number.NaN : Number(text);
}

function foundFor(text: string | undefined): string {
  return text === undefined ? 'it is missing' : `found ${quoted(text)}`;
}
