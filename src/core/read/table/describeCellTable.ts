import path from 'node:path';
import type { CellRoles, CellTableSummary, GuessedRole, Problem, TableSummary } from '../../model/dataset';
import { cellRoles, type CentroidUnit } from '../../model/datasetParts';
import { fovOfFileName } from '../../model/fovOfFileName';
import { listNames } from '../../model/listNames';
import { describeFovNames } from './describeFovNames';
import { type ColumnValues, findFovColumn, type ForeignColumn } from './findFovColumn';
import { guessRoles } from './guessRoles';
import { readColumns } from './readColumns';

/** What is known of a dataset when its cell table is looked at. */
export interface TableSurroundings {
  /** The columns that the user named. */
  readonly given?: Partial<CellRoles>;
  /** The unit of the centroids that the user said. */
  readonly unit?: CentroidUnit;
  /** What the columns hold that may say the FOV of a row. */
  readonly fovValues: ReadonlyMap<string, ColumnValues>;
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
  { given = {}, unit, fovs, fovValues, maskName, isMaskGiven }: TableSurroundings,
  warnings: Problem[],
): Promise<CellTableSummary> {
  const { isQupath, centroids, label: named, x, y } = guessRoles(summary.columns, given, unit);
  const { column: foundFov, foreign } = findFovColumn(summary.columns, fovValues, fovs);
  const fovColumn = given.fov ?? foundFov;
  const label = isQupath && given.label === undefined ? await findQupathLabel(summary) : named;
  const onlyFov = fovColumn === undefined ? fovOfTable(summary.file, fovs) : undefined;
  const names = describeFovNames(summary.file, fovColumn, fovValues, fovs);
  const imagesDoubt = onlyFov === undefined ? undefined : severalImages(summary.file, onlyFov, foreign);
  const labelProblem = label === undefined ? noLabel(summary, isQupath) : undefined;
  // QuPath does without masks: its cells are numbered by their rows, and cut out about their centroids.
  const isNumbered = isQupath && label === undefined && centroids !== undefined;
  const fovProblem = fovColumn === undefined && onlyFov === undefined ? noFov(summary) : names.problem;
  const problem = fovProblem ?? (isNumbered ? undefined : labelProblem);
  warnings.push(...names.warnings);
  if (problem) warnings.push(problem);
  else {
    if (onlyFov !== undefined) warnings.push(assumedFov(summary.file, onlyFov, fovs, foreign));
    if (isNumbered) warnings.push(assumedLabels(summary.file));
  }
  const ownMask = labelProblem ? undefined : maskName;
  const roles: Partial<CellRoles> = {
    ...(fovColumn !== undefined && { fov: fovColumn }),
    ...(label !== undefined && { label }),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
  };
  const guessed: GuessedRole[] = cellRoles.filter(
    (role) => (roles[role] ?? (role === 'fov' ? onlyFov : undefined)) !== undefined && given[role] === undefined,
  );
  if (ownMask !== undefined && !isMaskGiven) guessed.push('mask');
  return {
    ...summary,
    roles: { ...roles, label: label ?? 'label' },
    ...(onlyFov !== undefined && { fov: onlyFov }),
    fovs,
    ...(centroids && { centroids }),
    ...(unit && { isUnitGiven: true }),
    ...(ownMask !== undefined && { maskName: ownMask }),
    guessed,
    ...(labelProblem && { labelProblem }),
    ...(problem && { problem }),
    ...(imagesDoubt && { imagesDoubt }),
  };
}

/** The FOV that a table without a column of FOVs is about: the only one, else the one that its file is named for. */
function fovOfTable(file: string, fovs: readonly string[]): string | undefined {
  return fovs.length === 1 ? fovs[0] : fovOfFileName(path.basename(file), fovs);
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

function foundColumns(columns: readonly string[]): string {
  return columns.every((name) => name.trim() === '') ? 'it is empty' : `found these columns: ${listNames(columns)}`;
}

function noFov({ file, columns }: TableSummary): Problem {
  return {
    code: 'ColumnNotFound',
    message: `Expected a column that says the FOV of each cell in ${file}, or one FOV in the dataset, or a FOV's name at the beginning of the file's, but ${foundColumns(columns)}; --columns fov=NAME names the column.`,
  };
}

function noLabel({ file, columns }: TableSummary, isQupath: boolean): Problem {
  const why = isQupath ? "the label of each cell in its mask (QuPath's Object ID is none)" : 'the label of each cell';
  return {
    code: 'ColumnNotFound',
    message: `Expected a column of whole numbers above 0 that says ${why} in ${file}, but ${foundColumns(columns)}; --columns label=NAME names the column.`,
  };
}

function assumedLabels(file: string): Problem {
  return {
    code: 'LabelAssumed',
    message: `No column of ${path.basename(file)} says the label of a cell in its mask: cells are numbered by their rows, from 1, and what needs the mask cannot be made of them. --columns label=NAME names a column.`,
  };
}

function assumedFov(file: string, fov: string, fovs: readonly string[], foreign: readonly ForeignColumn[]): Problem {
  const why = fovs.length === 1 ? "the dataset's only one" : 'for which its file is named';
  const others = foreign.map(({ column, texts }) => ` Its column ${column} (${listNames(texts)}) names no FOV.`);
  return {
    code: 'FovAssumed',
    message: `No column of ${path.basename(file)} says the FOV of a cell; all its rows are taken to be about ${fov}, ${why}.${others.slice(0, 4).join('')} --columns fov=NAME names a column.`,
  };
}

/** Rows of several images, as it seems, of which it cannot be told which is the one FOV: a mask may show that they are not. */
function severalImages(file: string, fov: string, foreign: readonly ForeignColumn[]): Problem | undefined {
  const several = foreign.find(({ isOfImages, texts }) => isOfImages && texts.length > 1);
  if (!several) return undefined;
  const { column, texts } = several;
  return {
    code: 'ColumnNotFound',
    message: `Expected the rows of ${file} to be about one image, or a column that names FOV ${fov}, but column ${column} tells ${texts.length} images apart and names no FOV (${listNames(texts)}); --columns fov=NAME names the column that does, else give a table of this image alone, or go on with --allow-mismatch.`,
  };
}
