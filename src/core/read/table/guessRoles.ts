import type { CellRoles, CentroidScale } from '../../model/dataset';
import type { CentroidUnit } from '../../model/datasetParts';
import { ExportError } from '../../model/exportError';
import { listNames } from '../../model/listNames';

/** What columns are called by UELer and ark, steinbock, MCMICRO, scimap, CellProfiler, inForm and others, likeliest first. */
const usualNames = {
  fov: [
    'fov',
    'FOV',
    'fov_id',
    'fov_name',
    'image',
    'Image',
    'image_name',
    'ImageName',
    'Sample Name',
    'sample_id',
    'imageid',
    'ImageId',
  ],
  label: [
    'label',
    'Label',
    'cell_id',
    'CellID',
    'Object',
    'ObjectNumber',
    'object_id',
    'Cell ID',
    'cellLabelInImage',
    'ID',
  ],
} as const;

/** What a column of FOVs is called as a rule, likeliest first. */
export const usualFovNames: readonly string[] = usualNames.fov;

const usualCentroids: readonly (readonly [x: string, y: string])[] = [
  ['centroid-1', 'centroid-0'],
  ['centroid_x', 'centroid_y'],
  ['X_centroid', 'Y_centroid'],
  ['Location_Center_X', 'Location_Center_Y'],
  ['Cell X Position', 'Cell Y Position'],
  ['Pos_X', 'Pos_Y'],
  // Of older tables that scimap reads.
  ['X_position', 'Y_position'],
  // Of Xenium.
  ['x_centroid', 'y_centroid'],
  ['x', 'y'],
  ['X', 'Y'],
  // As AnnData's `obsm` of squidpy is called when it is a table.
  ['spatial1', 'spatial2'],
];

/** QuPath's centroids; µ also as its other character, and as it looks when it was read in the wrong encoding. */
const qupathCentroid = /^Centroid ([XY]) (px|(?:[µμu\ufffd?]|Âµ|Î¼|Ã‚Âµ|micro)m)$/;

/** The columns of a role that are given, or guessed from their names. */
export type FoundRoles = Partial<CellRoles> & {
  readonly centroids?: CentroidScale;
  /** It was QuPath that wrote the table. */
  readonly isQupath: boolean;
};

/**
 * Which columns of a cell table say what: those that were named, else the first usual name that is there. Centroids
 * come in pairs: x and y are guessed from one convention, or not at all. Beside one that was named, the other is the
 * column that makes a pair with it, else the first of a usual name and the same unit; `Usage` asks for both if there is none.
 * @param unit of the centroids, if it is given; else it follows from the names
 */
export function guessRoles(
  columns: readonly string[],
  given: Partial<CellRoles> = {},
  unit?: CentroidUnit,
): FoundRoles {
  const first = (role: 'fov' | 'label'): string | undefined => usualNames[role].find((name) => columns.includes(name));
  const isQupath =
    columns.includes('Image') && columns.some((name) => name === 'Object ID' || qupathCentroid.test(name));
  const [x, y] = completeCentroids(columns, given) ?? [];
  const fov = given.fov ?? first('fov');
  const label = given.label ?? first('label');
  return {
    ...(fov !== undefined && { fov }),
    ...(label !== undefined && { label }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
    ...(x !== undefined && y !== undefined && { centroids: { ...scaleOf(x, columns), ...(unit && { unit }) } }),
    isQupath,
  };
}

function completeCentroids(
  columns: readonly string[],
  { x, y }: Partial<CellRoles>,
): readonly [x: string, y: string] | undefined {
  if (x !== undefined) return [x, y ?? findOther(columns, x, 'x', 'y')];
  return y === undefined ? findCentroids(columns) : [findOther(columns, y, 'y', 'x'), y];
}

/** The column that goes with the one that is named for x or y. */
function findOther(columns: readonly string[], named: string, role: 'x' | 'y', other: 'x' | 'y'): string {
  const [own, its] = role === 'x' ? [0, 1] : [1, 0];
  const partner = qupathCentroid.test(named)
    ? named.replace(/ [XY] /, ` ${other.toUpperCase()} `)
    : usualCentroids.find((pair) => pair[own] === named)?.[its];
  const { unit, zero } = scaleOf(named, columns);
  const isAlike = (name: string): boolean => {
    const scale = scaleOf(name, columns);
    return scale.unit === unit && scale.zero === zero;
  };
  const usual = usualCentroids.map((pair) => pair[its]).filter(isAlike);
  const found = [partner, ...usual].find((name) => name !== undefined && name !== named && columns.includes(name));
  if (found !== undefined) return found;
  throw new ExportError(
    'Usage',
    `Expected ${role}=${named} and ${other}=NAME in --columns, but found only ${role}, and no usual column for ${other} among these: ${listNames(columns)}.`,
  );
}

function findCentroids(columns: readonly string[]): readonly [x: string, y: string] | undefined {
  const usual = usualCentroids.find(([x, y]) => columns.includes(x) && columns.includes(y));
  if (usual) return usual;
  const x = columns.find((name) => qupathCentroid.exec(name)?.[1] === 'X');
  const y = x?.replace(/ X /, ' Y ');
  return x !== undefined && y !== undefined && columns.includes(y) ? [x, y] : undefined;
}

/** How the centroids of a column of this name are written. */
function scaleOf(x: string, columns: readonly string[]): CentroidScale {
  const [, , unit] = qupathCentroid.exec(x) ?? [];
  // QuPath counts from the top left of the image, in pixels times the pixel width: github.com/qupath/qupath/issues/214.
  // The middle of its first pixel is at 0.5, as in petebankhead.github.io/qupath/technical/2018/03/13/note-on-contours.html.
  if (unit !== undefined) return { unit: unit === 'px' ? 'px' : 'um', zero: 'imageCorner' };
  // Xenium's are µm from the corner of its image; another column of its table is called so.
  if (/^[xy]_centroid$/.test(x) && columns.includes('transcript_counts')) return { unit: 'um', zero: 'imageCorner' };
  // inForm says its unit in the names of other columns only, such as `Entire Cell Area (square microns)`. phenoptr tells
  // the two apart in this way, and makes µm of pixels by division alone (`unit_is_microns`, `read_cell_seg_data`).
  const isInform = /^Cell [XY] Position$/.test(x);
  const saysPixels = columns.some((name) => /pixel/i.test(name)) && !columns.some((name) => /micron/i.test(name));
  return { unit: isInform && !saysPixels ? 'um' : 'px', zero: 'pixelCenter' };
}
