import path from 'node:path';
import type { CellRoles, CellTableSummary, GuessedRole, Problem, TableSummary } from '../../model/dataset';
import { cellRoles } from '../../model/datasetParts';
import { listNames } from '../../model/listNames';
import { guessRoles } from './guessRoles';
import { readColumns } from './readColumns';

/** What is known of a dataset when its cell table is looked at. */
export interface TableSurroundings {
  /** The columns that the user named. */
  readonly given?: Partial<CellRoles>;
  /** All FOVs of the dataset's folder. */
  readonly fovs: readonly string[];
  readonly maskName?: string;
  readonly isMaskGiven: boolean;
}

/**
 * Says which columns of a cell table tell what cell a row is about, and what of that is a guess. What keeps the table from
 * being used is its `problem`, and no failure: whole FOVs can be exported without it.
 * @param warnings gets that, and that a table without a column of FOVs is taken to be about one
 * @throws ExportError as `guessRoles` does, and as `readColumns` does for a table that QuPath wrote
 */
export async function describeCellTable(
  summary: TableSummary,
  { given = {}, fovs, maskName, isMaskGiven }: TableSurroundings,
  warnings: Problem[],
): Promise<CellTableSummary> {
  const { isQupath, centroids, fov: fovColumn, label: named, ...center } = guessRoles(summary.columns, given);
  const label = isQupath && given.label === undefined ? await findQupathLabel(summary) : named;
  const onlyFov = fovColumn === undefined ? fovOfTable(summary.file, fovs) : undefined;
  const problem =
    fovColumn === undefined && onlyFov === undefined
      ? noFov(summary)
      : label === undefined
        ? noLabel(summary, isQupath)
        : undefined;
  if (problem) warnings.push(problem);
  else if (onlyFov !== undefined) warnings.push(assumedFov(summary.file, onlyFov, fovs));
  const found: Partial<CellRoles> = {
    ...(fovColumn !== undefined && { fov: fovColumn }),
    ...(label !== undefined && { label }),
    ...center,
  };
  const guessed: GuessedRole[] = cellRoles.filter(
    (role) => (found[role] ?? (role === 'fov' ? onlyFov : undefined)) !== undefined && given[role] === undefined,
  );
  if (maskName !== undefined && !isMaskGiven) guessed.push('mask');
  return {
    ...summary,
    roles: { ...found, label: label ?? 'label' },
    ...(onlyFov !== undefined && { fov: onlyFov }),
    fovs,
    ...(centroids && { centroids }),
    ...(maskName !== undefined && { maskName }),
    guessed,
    ...(label === undefined && { isLabelUnknown: true }),
    ...(problem && { problem }),
  };
}

/** The FOV that a table without a column of FOVs is about: the only one, else the one that its file is named for. */
function fovOfTable(file: string, fovs: readonly string[]): string | undefined {
  if (fovs.length === 1) return fovs[0];
  const name = path.basename(file);
  // `fov1` does not begin `fov10--cells.csv`.
  const begins = fovs.filter((fov) => name.startsWith(fov) && !/^[\p{L}\p{N}]/u.test(name.slice(fov.length)));
  return begins.sort((a, b) => b.length - a.length).at(0);
}

/** Columns of QuPath in which people keep the number of a cell in a label image, likeliest first. */
const qupathLabels = ['label', 'Label', 'Cell ID', 'CellID', 'cell_id', 'Name', 'ID', 'Object ID'];

/** QuPath's own `Object ID` is a UUID, and its names are texts: only whole numbers above 0 can be labels of a mask. */
async function findQupathLabel({ file, columns }: TableSummary): Promise<string | undefined> {
  const candidates = qupathLabels.filter((name) => columns.includes(name));
  if (candidates.length === 0) return undefined;
  const found = await readColumns(file, candidates);
  return candidates.find((name) => {
    const column = found.columns.get(name)!;
    if (column.kind !== 'number') return false;
    const there = column.values.filter((value) => !Number.isNaN(value));
    return there.length > 0 && there.every((value) => Number.isSafeInteger(value) && value > 0);
  });
}

function noFov({ file, columns }: TableSummary): Problem {
  return {
    code: 'ColumnNotFound',
    message: `Expected a column that says the FOV of each cell in ${file}, or one FOV in the dataset, or a FOV's name at the beginning of the file's, but found these columns: ${listNames(columns)}; --columns fov=NAME names the column.`,
  };
}

function noLabel({ file, columns }: TableSummary, isQupath: boolean): Problem {
  const why = isQupath ? "the label of each cell in its mask (QuPath's Object ID is none)" : 'the label of each cell';
  return {
    code: 'ColumnNotFound',
    message: `Expected a column of whole numbers above 0 that says ${why} in ${file}, but found these columns: ${listNames(columns)}; --columns label=NAME names the column.`,
  };
}

function assumedFov(file: string, fov: string, fovs: readonly string[]): Problem {
  const why = fovs.length === 1 ? "the dataset's only one" : 'for which its file is named';
  return {
    code: 'FovAssumed',
    message: `No column of ${path.basename(file)} says the FOV of a cell; all its rows are taken to be about ${fov}, ${why}. --columns fov=NAME names a column.`,
  };
}
