import { messageOf } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import { isMissing } from '../../model/missingValue';
import { parseNumber } from '../../model/parseNumber';
import type { Point, Roi, RoiAnchor, RoiShape } from '../../model/roi';
import { scanTable } from '../table/scanTable';
import { parseJson } from './parseJson';
import { BadRoi, openRing, quoted, type RoiCollector, type RoiDraft } from './roiCollector';

const boxColumns = ['x_min', 'y_min', 'x_max', 'y_max'] as const;
const centerColumns = ['x', 'y', 'width', 'height'] as const;
const nameColumns = ['roi_id', 'name', 'fov', 'map_id'] as const;
const usedColumns = [
  ...nameColumns,
  ...centerColumns,
  ...boxColumns,
  'marker_set',
  'tags',
  'annotation_palette',
  'mask_color_set',
  'mask_visibility',
  'comment',
  'roi_kind',
  'geometry',
] as const;
/** Of UELer's table, too, and of no use for a picture. UELer itself never fills the painter's state. */
const otherColumns: readonly string[] = ['zoom', 'mask_painter_state', 'created_at', 'updated_at'];

type Column = (typeof usedColumns)[number];
/** The text of a column in a row; '' where the table has no such column. */
type Row = (column: Column) => string;

/** What is written in no table but UELer's: there `x` and `y` are the middle of a box. */
const uelersOwn: readonly string[] = [
  'map_id',
  ...boxColumns,
  'marker_set',
  'annotation_palette',
  'mask_color_set',
  'mask_visibility',
  'mask_painter_state',
  'roi_kind',
];
/** OMERO's tables have a `roi_id`, too. */
const omerosOwn = /^(?:image|shape|dataset|project)_(?:id|name)$/i;
/** What others call a column. */
const otherNames: Readonly<Partial<Record<Column, string>>> = { fov: 'image_name', name: 'text' };

/**
 * Reads UELer's `roi_manager.csv`, also as a table made by hand, and tables of boxes of other programs: columns that are missing
 * are empty, the case of their names does not matter. A table needs a column that says what a ROI is called or where it is, and
 * a box, or place and size, or `geometry`.
 *
 * The box is `x_min … y_max`, with its fractions and whatever lies beyond the image. Where they are empty, or all 0, as UELer
 * fills in missing columns, it is `x`, `y`, `width` and `height`; failing these it is that of the drawn points. `x` and `y` are the
 * middle in UELer's tables; in others, whose programs mean the middle or the corner, they are what the user says.
 * @throws ExportError `DatasetInvalid` if it is no such table, the user does not say it, or as `scanTable` does
 */
export async function readUelerRois(collector: RoiCollector, signal?: AbortSignal): Promise<void> {
  const { file } = collector;
  const facts = await scanTable(file, [], undefined, { signal });
  requireNoVertices(facts.columns, collector);
  const names = new Map(usedColumns.flatMap((column) => nameOf(column, facts.columns)));
  const present = [...names.keys()];
  const hasAll = (columns: readonly Column[]): boolean => columns.every((column) => present.includes(column));
  const isUelers = isUelerTable(facts.columns);
  const needsAnchor = hasAll(centerColumns) && !hasAll(boxColumns);
  const isPlaced = hasAll(boxColumns) || hasAll(centerColumns) || present.includes('geometry');
  const isNamed = nameColumns.some((column) => present.includes(column));
  if (!isPlaced || !(isNamed || needsAnchor)) {
    const found = facts.columns.length === 0 ? 'found an empty file' : `found columns ${listNames(facts.columns)}`;
    throw collector.unreadable(
      'a table of ROIs with "fov" and "name", and "x_min", "x_max", "y_min" and "y_max" or "x", "y", "width" and "height"',
      found,
    );
  }
  const anchor = collector.anchor ?? (isUelers || collector.isUelers ? 'center' : undefined);
  if (needsAnchor && anchor === undefined) {
    // A table that is damaged is refused for that.
    await scanTable(file, [...names.values()], undefined, { signal });
    throw collector.unreadable(
      'UELer\'s own columns ("roi_id", "x_min" …) beside "x", "y", "width" and "height"',
      `found columns ${listNames(facts.columns)}; say whether x and y are the middle or the top left corner of a box, with --roi-anchor center or --roi-anchor corner`,
    );
  }
  const useAnchor = (): RoiAnchor | undefined => {
    collector.isAnchorUsed = true;
    return anchor;
  };
  warnOfOthers(facts.columns, [...names.values()], isUelers, collector);
  const positions = new Map(present.map((column, i) => [column, i]));
  let number = 0;
  const takeRow = (values: readonly string[]): void => {
    number++;
    const row: Row = (column) => values[positions.get(column) ?? -1] ?? '';
    const id = row('roi_id') || String(number);
    const what = `row ${number} (${quoted(row('name') || id)})`;
    const remark = (sentence: string): void => {
      collector.remark(what, sentence);
    };
    const readPlace = (): Roi['box'] | undefined => readBox(row, facts.delimiter, useAnchor);
    collector.take(what, () => toDraft(row, id, readPlace, remark));
  };
  await scanTable(file, [...names.values()], takeRow, { signal });
}

/** Under what name a table has a column: its own, in whatever case, or what others call it. */
function nameOf(column: Column, columns: readonly string[]): [column: Column, name: string][] {
  for (const name of [column, otherNames[column]]) {
    const lower = (each: string): string => each.trim().toLowerCase();
    const found =
      name === undefined
        ? undefined
        : columns.includes(name)
          ? name
          : columns.find((candidate) => lower(candidate) === name);
    if (found !== undefined) return [[column, found]];
  }
  return [];
}

function isUelerTable(columns: readonly string[]): boolean {
  if (columns.some((column) => uelersOwn.includes(column))) return true;
  return columns.includes('roi_id') && !columns.some((column) => omerosOwn.test(column));
}

/** napari writes a row for each corner. */
function requireNoVertices(columns: readonly string[], collector: RoiCollector): void {
  if (!columns.includes('vertex-index')) return;
  throw collector.unreadable(
    'a table with a row for each ROI',
    'found one of napari, which has a row for each corner of a shape; save the shapes as GeoJSON, or as a table of boxes',
  );
}

function warnOfOthers(
  columns: readonly string[],
  used: readonly string[],
  isUelers: boolean,
  collector: RoiCollector,
): void {
  const unknown = columns.filter((column) => !used.includes(column) && !otherColumns.includes(column));
  if (unknown.length === 0) return;
  const found = `which have no effect: ${listNames(unknown.map(quoted))}`;
  collector.warn(
    isUelers
      ? `Expected UELer's columns in ${collector.file}, but found others, too, ${found}.`
      : `${collector.file} has columns ${found}.`,
  );
}

function toDraft(
  row: Row,
  id: string,
  readPlace: () => Roi['box'] | undefined,
  remark: (sentence: string) => void,
): RoiDraft {
  const shape = readShape(row, remark);
  const box = readPlace();
  if (!box && !shape) throw new BadRoi('"x_min", "x_max", "y_min" and "y_max", or place and size', 'found them empty');
  const markerSet = readMarkerSet(row('marker_set'));
  const maskVisibility = readVisibility(row('mask_visibility'), remark);
  const filled = (key: keyof Roi, column: Column): Partial<Roi> => (row(column) === '' ? {} : { [key]: row(column) });
  return {
    id,
    ...(row('roi_id') === '' && { isNumbered: true }),
    name: row('name'),
    ...filled('fov', 'fov'),
    ...filled('mapId', 'map_id'),
    ...(box && { box }),
    ...(shape && { shape }),
    tags: listOf(row('tags')),
    ...(markerSet && { markerSet }),
    ...filled('annotationPalette', 'annotation_palette'),
    ...filled('maskColorSet', 'mask_color_set'),
    ...(maskVisibility && { maskVisibility }),
    ...filled('comment', 'comment'),
  };
}

/** @param useAnchor gives none where no row needs it, as far as the columns say */
function readBox(row: Row, delimiter: string, useAnchor: () => RoiAnchor | undefined): Roi['box'] | undefined {
  const box = readNumbers(row, boxColumns, delimiter);
  const center = readNumbers(row, centerColumns, delimiter);
  if (box?.some((value) => value !== 0)) {
    const [xMin, yMin, xMax, yMax] = box;
    return { xMin, yMin, xMax, yMax };
  }
  // UELer adds missing columns as 0.0, centre and size among them.
  if (!center?.some((value) => value !== 0)) return undefined;
  const [x, y, width, height] = center;
  if (!(width > 0 && height > 0))
    throw new BadRoi('a width and a height above 0', `found ${width} and ${height}, and no box`);
  const anchor = useAnchor();
  if (anchor === undefined)
    throw new BadRoi(
      '"x_min", "x_max", "y_min" and "y_max"',
      'found them empty; for "x" and "y", say what they are with --roi-anchor',
    );
  if (anchor === 'corner') return { xMin: x, yMin: y, xMax: x + width, yMax: y + height };
  return { xMin: x - width / 2, yMin: y - height / 2, xMax: x + width / 2, yMax: y + height / 2 };
}

/** `undefined` if any of them is empty. Where fields are not separated by commas, a comma may be the decimal point. */
function readNumbers(row: Row, columns: readonly Column[], delimiter: string): number[] | undefined {
  const texts = columns.map(row);
  if (texts.some(isMissing)) return undefined;
  return texts.map((text, i) => {
    const value = parseNumber(text, delimiter !== ',' && text.includes(',') && !text.includes('.'));
    if (!Number.isFinite(value)) throw new BadRoi(`a number of pixels for "${columns[i]}"`, `found ${quoted(text)}`);
    return value;
  });
}

/** The drawn shape: `closed` decides what it is, and in its absence `type`. */
function readShape(row: Row, remark: (sentence: string) => void): RoiShape | undefined {
  const kind = row('roi_kind');
  const text = row('geometry');
  if (text.trim() === '') {
    if (kind === 'line') remark('the drawn shape is missing ("geometry" is empty); only its box is known');
    return undefined;
  }
  if (kind === 'view') {
    remark('"geometry" is not used, because "roi_kind" says that it is a view');
    return undefined;
  }
  let geometry: unknown;
  try {
    geometry = parseJson(text);
  } catch (error) {
    remark(`"geometry" cannot be read: ${messageOf(error)}; only the box of the ROI is known`);
    return undefined;
  }
  const { type, closed, points }: Partial<Record<string, unknown>> =
    typeof geometry === 'object' && geometry !== null ? { ...geometry } : {};
  const all: unknown[] = Array.isArray(points) ? points : [];
  const good = all.filter(isPoint);
  if (good.length < all.length)
    remark(`${all.length - good.length} of ${all.length} points of "geometry" are not used`);
  const isClosed = typeof closed === 'boolean' ? closed : type === 'polygon';
  const ring = isClosed ? openRing(good) : good;
  if (ring.length < (isClosed ? 3 : 2)) {
    remark(`"geometry" has ${ring.length} points, too few for a shape; only the box of the ROI is known`);
    return undefined;
  }
  return isClosed ? { kind: 'polygon', rings: [ring] } : { kind: 'polyline', points: ring };
}

function isPoint(value: unknown): value is Point {
  return Array.isArray(value) && value.length === 2 && value.every((part) => Number.isFinite(part));
}

/** The name of a saved one, or `current:` and a list of channels. */
function readMarkerSet(text: string): Roi['markerSet'] | undefined {
  if (text.trim() === '') return undefined;
  if (!text.startsWith('current:')) return { name: text };
  const channels = listOf(text.slice('current:'.length));
  return channels.length > 0 ? { channels } : undefined;
}

function readVisibility(text: string, remark: (sentence: string) => void): Record<string, boolean> | undefined {
  if (text.trim() === '') return undefined;
  try {
    const value = parseJson(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('it is no JSON object');
    const entries = Object.entries(value);
    const odd = entries.find(([, visible]) => typeof visible !== 'boolean');
    if (odd) throw new Error(`${quoted(odd[0])} is neither true nor false`);
    return Object.fromEntries(entries as [string, boolean][]);
  } catch (error) {
    remark(`"mask_visibility" is not used: ${messageOf(error)}`);
    return undefined;
  }
}

function listOf(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '');
}
