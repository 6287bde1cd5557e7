import type { CellTableReference } from '../../model/dataset';

type Roles = CellTableReference['roles'];

/** What columns are called by UELer and ark, steinbock, MCMICRO, CellProfiler, inForm and others, likeliest first. */
const usualNames: Readonly<Record<keyof Roles, readonly string[]>> = {
  fov: ['fov', 'FOV', 'fov_id', 'fov_name', 'image', 'Image', 'image_name', 'ImageName', 'Sample Name', 'sample_id'],
  label: ['label', 'cell_id', 'CellID', 'Object', 'ObjectNumber', 'object_id', 'Cell ID', 'cellLabelInImage'],
  x: ['centroid-1', 'centroid_x', 'X_centroid', 'Location_Center_X', 'Cell X Position', 'Pos_X', 'x', 'X'],
  y: ['centroid-0', 'centroid_y', 'Y_centroid', 'Location_Center_Y', 'Cell Y Position', 'Pos_Y', 'y', 'Y'],
};

/**
 * Which columns of a cell table say what: those that were named, else the first usual name that is there. Centroids
 * come in pairs: x and y are guessed from one convention, or not at all.
 */
export function guessRoles(columns: readonly string[], given: Partial<Roles> = {}): Roles {
  const first = (role: 'fov' | 'label'): string => usualNames[role].find((name) => columns.includes(name)) ?? role;
  const pair = usualNames.x.findIndex((name, i) => columns.includes(name) && columns.includes(usualNames.y[i]));
  const x = given.x ?? (pair >= 0 && given.y === undefined ? usualNames.x[pair] : undefined);
  const y = given.y ?? (pair >= 0 && given.x === undefined ? usualNames.y[pair] : undefined);
  return {
    fov: given.fov ?? first('fov'),
    label: given.label ?? first('label'),
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
  };
}
