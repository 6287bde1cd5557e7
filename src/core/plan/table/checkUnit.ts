import path from 'node:path';
import type { CellTableSummary, Problem } from '../../model/dataset';
import { centroidUnitText } from '../../model/datasetParts';
import { ExportError } from '../../model/exportError';
import type { CellColumns } from '../../select/selectCells';
import { type ImageScale, judgeUnit } from '../../select/judgeUnit';

/**
 * Looks whether a table's centroids are in the unit in which they are read.
 * @param images the FOVs that matter
 * @param isNeeded pictures are placed by centroids
 * @returns what the user should know
 * @throws ExportError `DatasetInvalid` where they would be placed by centroids many of which lie beyond their images, unless
 * the user has said the unit
 */
export function checkUnit(
  { file, roles, centroids, isUnitGiven }: CellTableSummary,
  columns: CellColumns,
  images: ReadonlyMap<string, ImageScale>,
  isNeeded: boolean,
): Problem[] {
  const doubt = centroids && judgeUnit(columns, centroids, images);
  if (!doubt) return [];
  const { kind, other, of, beyond, beyondInOther } = doubt;
  const what = `columns ${roles.x} and ${roles.y} of ${path.basename(file)}`;
  const own = centroidUnitText[centroids.unit];
  if (kind === 'within half') {
    if (isUnitGiven) return [];
    const message = `All ${of} centroids in ${what}, read in ${own}, lie in the first half of their images' width and height; in ${centroidUnitText[other]} they would fill more of them. --columns unit=${other} says that they are, unit=${centroids.unit} that they are not.`;
    return [{ code: 'UnitDoubtful', message }];
  }
  const share = (count: number): string => {
    const percent = (100 * count) / of;
    return `${count} of ${of} (${percent < 1 ? percent.toFixed(1) : Math.round(percent)} %)`;
  };
  const found = `${share(beyond)} lie beyond their images, and in ${centroidUnitText[other]} only ${share(beyondInOther)} would`;
  const message = `Of the centroids in ${what}, read in ${own}, ${found}.`;
  const said = `--columns unit=${other} says that they are in ${centroidUnitText[other]}`;
  if (isUnitGiven) return [{ code: 'UnitDoubtful', message }];
  if (!isNeeded) return [{ code: 'UnitDoubtful', message: `${message} ${said}.` }];
  throw new ExportError(
    'DatasetInvalid',
    `Expected centroids in ${own} in ${what}, but ${found}: ${said}, unit=${centroids.unit} that they are right as they are.`,
  );
}
