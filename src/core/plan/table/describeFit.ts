import type { Problem } from '../../model/dataset';
import { ExportError } from '../../model/exportError';
import { mapEntry } from '../../model/mapEntry';
import { fitRadiusPx } from '../../select/labelsNear';
import { areasAgree, type FitVerdict, isFine, judgeFits, type TableFit } from '../../select/tableFit';

/** The flag that goes on all the same. */
const goingOn = '--allow-mismatch';

/** Before a job starts. */
const goOn = `go on as it is with ${goingOn}`;

/** What is made by then has its recipe, and cannot be told anything more. */
export const exportAnew = `export anew as it is with ${goingOn}`;

/**
 * What the user should know of how the cell table fits the masks that are used with it, mask by mask.
 * @param told.table what the cell table is called
 * @param told.isAllowed whether clear mismatches are asked for all the same
 * @param told.hints sentences about why they may not fit
 * @throws ExportError `TableMismatch` if a FOV, or all that were looked at together, clearly do not fit
 */
export function requireFits(
  fits: readonly TableFit[],
  { table, isAllowed, hints = [] }: { table: string; isAllowed: boolean; hints?: readonly string[] },
): Problem[] {
  const byMask = new Map<string, TableFit[]>();
  for (const fit of fits) mapEntry(byMask, fit.mask, () => []).push(fit);
  return [...byMask].flatMap(([mask, all]): Problem[] => {
    // Many FOVs of a few cells each are as much as one of many.
    const together = judgeFits(all);
    const ofVerdict = (verdict: FitVerdict): TableFit[] =>
      all.filter((fit) => judgeFits([fit]) === verdict || (together === verdict && !isWell(fit)));
    const clear = all.filter((fit) => judgeFits([fit]) === 'mismatch');
    const mismatching = clear.length > 0 ? clear : ofVerdict('mismatch');
    if (mismatching.length > 0 && !isAllowed) throw mismatchOf(mismatching, table, { hints });
    const doubtful = ofVerdict('doubtful').filter((fit) => !mismatching.includes(fit));
    const warn = (found: readonly TableFit[], may: string, what: string): Problem[] => {
      if (found.length === 0) return [];
      const message = `Mask ${mask} ${may} not hold the cells of ${table}: ${[`${listFits(found)}.`, ...hints, what].join(' ')}`;
      return [{ code: 'TableMismatch', message }];
    };
    return [
      ...warn(mismatching, 'does', `Pictures are made all the same, as ${goingOn} asks.`),
      ...warn(doubtful, 'may', 'Look at a picture of them before you rely on it.'),
    ];
  });
}

/** Whether it has no part in what is said of several FOVs together. */
function isWell(fit: TableFit): boolean {
  const { centers, inMask, inTable } = fit;
  return areasAgree(fit) || [centers, inMask, inTable].every((count) => !count || isFine(count));
}

/**
 * `TableMismatch` for the FOVs in which table and mask clearly do not fit.
 * @param told.hints sentences about why they may not fit
 * @param told.otherwise what else can be done than to name what belongs together
 */
export function mismatchOf(
  fits: readonly TableFit[],
  table: string,
  { hints = [], otherwise = goOn }: { hints?: readonly string[]; otherwise?: string } = {},
): ExportError {
  const [{ mask, fov }, ...others] = fits;
  const more = others.length === 0 ? '' : ` The same in other FOVs: ${listFits(others)}.`;
  return new ExportError(
    'TableMismatch',
    `Expected the cells of ${table} in mask ${mask} of FOV ${fov}, but ${[`${describeFit(fits[0])}.${more}`, ...hints].join(' ')} Name the mask, the cell table, its columns or their unit that belong together (--masks, --cell-mask, --cell-table, --columns …,unit=um), or ${otherwise}.`,
  );
}

/** What the manifest says of a picture for which table and mask do not wholly fit; nothing if they do. */
export function noteFit(fit: TableFit): string | undefined {
  const verdict = judgeFits([fit]);
  if (verdict === 'fits') return undefined;
  const allowed = verdict === 'mismatch' ? `, and it is made all the same, as ${goingOn} asks` : '';
  return `mask ${fit.mask} and the cell table do not fit: ${describeFit(fit)}${allowed}`;
}

const mostListed = 5;

function listFits(fits: readonly TableFit[]): string {
  const shown = fits.slice(0, mostListed).map((fit) => `of FOV ${fit.fov} ${describeFit(fit)}`);
  const left = fits.length - shown.length;
  return [...shown, ...(left > 0 ? [`and ${left} more FOVs`] : [])].join('; ');
}

/** In figures, as a part of a sentence without a semicolon. */
function describeFit(fit: TableFit): string {
  const { centers, shift = 0, inMask, inTable, areas, overflow } = fit;
  const parts: string[] = [];
  if (centers) {
    parts.push(`${centers.fitting} of ${centers.looked} centroids lie within ${fitRadiusPx} px of their own label`);
    if (shift !== 0)
      parts.push(`where the mask has the table's label ${shift > 0 ? 'plus' : 'minus'} ${Math.abs(shift)}`);
  }
  if (inMask && inTable) {
    parts.push(
      `${inMask.fitting} of the table's ${inMask.looked} labels are in the mask, and ${inTable.fitting} of the mask's ${inTable.looked} are in the table`,
    );
  }
  if (areas && areasAgree(fit)) {
    parts.push(
      `but ${areas.fitting} of ${areas.looked} areas are the table's, so that its labels are right and its centroids are not`,
    );
  }
  if (overflow) {
    const { typeLimit, greatestLabel, isReached } = overflow;
    const where = isReached ? 'the greatest label of the mask is' : 'the greatest label that the mask can hold is';
    parts.push(
      `${where} ${typeLimit}, all that its sample type holds, and the table goes on to ${greatestLabel}: the mask's labels are wrapped`,
    );
  }
  return parts.join(', ');
}
