import type { Point, RoiShape } from '../../model/roi';
import { BadRoi, openRing, quoted, type RoiCollector, type RoiDraft } from './roiCollector';

type Json = Readonly<Record<string, unknown>>;

const geometryTypes = [
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
  'GeometryCollection',
];

/** Whether JSON says that it is GeoJSON: a collection, a feature, a geometry, or an array of features or geometries. */
export function isGeoJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0 || value.some((item) => isFeature(item) || isGeometry(item));
  return isFeature(value) || isGeometry(value) || (isObject(value) && value['type'] === 'FeatureCollection');
}

/**
 * Reads GeoJSON (RFC 7946) as QuPath writes it: coordinates are pixels and integers pixel corners; the plane (z, t) that an
 * object is on is not looked at. A name is `properties.name`, tags are the names of the classification; the FOV is
 * `properties.fov` where somebody wrote it. Without an id of its own a ROI's id is its number in the file: QuPath before
 * 0.4 wrote `PathAnnotationObject` into all of them.
 *
 * Polygons and their parts and holes are rings, under the even-odd rule. Points and shapes of several lines are left out.
 */
export async function readGeoJsonRois(value: unknown, collector: RoiCollector): Promise<void> {
  let items: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (isObject(value) && value['type'] === 'FeatureCollection') {
    if (!Array.isArray(value['features']))
      throw collector.unreadable('a list "features"', `found ${describe(value['features'])}`);
    items = value['features'] as unknown[];
  }
  for (const [i, item] of items.entries()) {
    const properties = isFeature(item) && isObject(item['properties']) ? item['properties'] : {};
    const name = textOf(properties['name']) ?? '';
    const id = (isFeature(item) ? ownId(item['id']) : undefined) ?? String(i + 1);
    const what = `feature ${i + 1} (${quoted(name || id)})`;
    collector.take(what, () => toDraft(item, properties, id, name));
    await collector.pause();
  }
}

function toDraft(item: unknown, properties: Json, id: string, name: string): RoiDraft {
  if (!isFeature(item) && !isGeometry(item)) throw new BadRoi('a feature or a geometry', `found ${describe(item)}`);
  const geometry = isFeature(item) ? item['geometry'] : item;
  if (!isGeometry(geometry))
    throw new BadRoi('a geometry', `found ${geometry === null ? 'none (null)' : describe(geometry)}`);
  const fov = textOf(properties['fov']);
  return {
    id,
    name,
    ...(fov !== undefined && fov !== '' && { fov }),
    shape: toShape(geometry),
    tags: tagsOf(properties['classification']),
  };
}

function toShape(geometry: Json): RoiShape {
  const coordinates = geometry['coordinates'];
  switch (geometry['type']) {
    case 'Polygon':
      return { kind: 'polygon', rings: toRings(coordinates) };
    case 'MultiPolygon':
      return { kind: 'polygon', rings: toList(coordinates, 'a list of polygons').flatMap(toRings) };
    case 'LineString':
      return { kind: 'polyline', points: toLine(coordinates) };
    case 'MultiLineString': {
      const lines = toList(coordinates, 'a list of lines');
      if (lines.length > 1) throw new BadRoi('one line', `found ${lines.length} lines in one shape`);
      return { kind: 'polyline', points: toLine(lines[0]) };
    }
    case 'Point':
      throw new BadRoi('a shape', 'found a point, which has no area');
    case 'MultiPoint':
      throw new BadRoi('a shape', 'found points, which have no area');
    default:
      throw new BadRoi('a polygon or a line', `found a ${textOf(geometry['type']) ?? 'shape'}`);
  }
}

function toRings(coordinates: unknown): (readonly Point[])[] {
  return toList(coordinates, 'a list of rings').map((ring) => {
    const points = openRing(toPoints(ring));
    if (points.length < 3) throw new BadRoi('rings of at least three points', `found one of ${points.length}`);
    return points;
  });
}

function toLine(coordinates: unknown): Point[] {
  const points = toPoints(coordinates);
  if (points.length < 2) throw new BadRoi('a line of at least two points', `found ${points.length}`);
  return points;
}

/** What follows x and y in a position is its height above the slide, and of no use. */
function toPoints(value: unknown): Point[] {
  return toList(value, 'a list of points').map((point) => {
    const [x, y] = Array.isArray(point) ? (point as unknown[]) : [];
    if (typeof x !== 'number' || typeof y !== 'number') {
      const hasNull = Array.isArray(point) && [x, y].includes(null);
      const odd = hasNull ? 'one with NaN, Infinity or null' : 'one without two numbers';
      throw new BadRoi('points [x, y]', `found ${Array.isArray(point) ? odd : describe(point)}`);
    }
    return [x, y] as const;
  });
}

function toList(value: unknown, expected: string): unknown[] {
  if (!Array.isArray(value)) throw new BadRoi(expected, `found ${describe(value)}`);
  if (value.length === 0) throw new BadRoi(expected, 'found an empty one');
  return value as unknown[];
}

/** `{name}`, `{names}` since QuPath 0.5 for classes of several parts, or a mere text. */
function tagsOf(classification: unknown): string[] {
  const { name, names }: Json = isObject(classification) ? classification : { name: classification };
  const all: unknown[] = Array.isArray(names) ? names : [name];
  return all.map((tag) => textOf(tag)?.trim() ?? '').filter((tag) => tag !== '');
}

function ownId(id: unknown): string | undefined {
  const text = textOf(id);
  return text === '' || /^Path\w*Object$/.test(text ?? '') ? undefined : text;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : typeof value === 'string' ? value : undefined;
}

function isFeature(value: unknown): value is Json {
  return isObject(value) && value['type'] === 'Feature';
}

function isGeometry(value: unknown): value is Json {
  return isObject(value) && typeof value['type'] === 'string' && geometryTypes.includes(value['type']);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of JSON in a few words; what it holds may be long. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the text ${quoted(value)}`;
  if (isObject(value)) {
    const type = value['type'];
    return typeof type === 'string' ? `an object of type ${quoted(type)}` : 'an object';
  }
  return typeof value === 'number' || typeof value === 'boolean' ? `the value ${String(value)}` : `a ${typeof value}`;
}
