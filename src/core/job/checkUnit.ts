import path from 'node:path';
import type { CellTableSummary, Problem } from '../model/dataset';
import type { CentroidUnit } from '../model/datasetParts';
import { ExportError } from '../model/exportError';
import type { CellColumns } from '../select/selectCells';
import { type ImageScale, judgeUnit } from '../select/judgeUnit';

const unitNames: Readonly<Record<CentroidUnit, string>> = { px: 'pixels', um: 'µm' };

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
  const own = unitNames[centroids.unit];
  if (kind === 'within half') {
    if (isUnitGiven) return [];
    const message = `All ${of} centroids in ${what}, read in ${own}, lie in the first half of their images' width and height; in ${unitNames[other]} they would fill more of them. --columns unit=${other} says that they are, unit=${centroids.unit} that they are not.`;
    return [{ code: 'UnitDoubtful', message }];
  }
  const share = (count: number): string => `${count} of ${of} (${(100 * count) / of < 1 ? (100 * count / of).toFixed(1) : Math.round((100 * count) / of)} %)`; // prettier-ignore
  const found = `${share(beyond)} lie beyond their images, and in ${unitNames[other]} only ${share(beyondInOther)} would`;
  if (isUnitGiven === true || !isNeeded) {
    const message = `Of the centroids in ${what}, read in ${own}, ${found}.${isUnitGiven ? '' : ` --columns unit=${other} says that they are in ${unitNames[other]}.`}`;
    return [{ code: 'UnitDoubtful', message }];
  }
  throw new ExportError(
    'DatasetInvalid',
    `Expected centroids in ${own} in ${what}, but ${found}: --columns unit=${other} says that they are in ${unitNames[other]}, unit=${centroids.unit} that they are right as they are.`,
  );
}
