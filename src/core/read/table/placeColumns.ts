import type { CellTableSummary } from '../../model/dataset';

/** What columns of areas in pixels are called by UELer and ark, steinbock, MCMICRO, CellProfiler, inForm and others. */
const usualAreas = ['area', 'cell_size', 'Area', 'AreaShape_Area', 'Entire Cell Area (pixels)', 'npixels', 'area_px'];

/** The column that says how many pixels a cell has; those in µm² are none. */
export function findAreaColumn(columns: readonly string[]): string | undefined {
  return usualAreas.find((name) => columns.includes(name));
}

/** The columns that say where a table's cells are and how large; only those that it has. */
export function placeColumns({ roles, columns }: Pick<CellTableSummary, 'roles' | 'columns'>): string[] {
  const wanted = [roles.x, roles.y, findAreaColumn(columns)];
  return wanted.filter((name): name is string => name !== undefined && columns.includes(name));
}
