import type { CellTableSummary, Problem } from '../../model/dataset';
import { ExportError } from '../../model/exportError';
import { areasAgree, judgeFits, type TableFit } from '../../select/tableFit';

/**
 * Sees to it that a table in which a column seems to tell images apart is about one all the same: its centroids lie in
 * their cells, or its areas are theirs, in every mask that was looked at. Without a mask another image's cells would be cut out, and nobody would know.
 * @returns what the user should know where it is not, and the recipe goes on
 * @throws ExportError `ColumnNotFound`
 */
export function requireMaskOfDoubted(
  { imagesDoubt }: CellTableSummary,
  fits: readonly TableFit[],
  isAllowed: boolean,
): Problem[] {
  if (!imagesDoubt) return [];
  const isShown = (fit: TableFit): boolean =>
    areasAgree(fit) || (fit.centers !== undefined && judgeFits([fit]) === 'fits');
  if (fits.length > 0 && fits.every(isShown)) return [];
  if (isAllowed) return [imagesDoubt];
  throw new ExportError('ColumnNotFound', imagesDoubt.message);
}
