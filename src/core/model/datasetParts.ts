/**
 * The parts of a dataset that a person may name in place of what is found beside the images, by the field of
 * `DatasetOptions` that holds their path; what they are called and what kind of file they are.
 */
export const datasetParts = [
  { part: 'masksFolder', label: 'Masks', isFolder: true },
  { part: 'annotationsFolder', label: 'Annotations', isFolder: true },
  { part: 'cellTableFile', label: 'Cell table', isFolder: false },
  { part: 'roisFile', label: 'ROIs', isFolder: false },
  { part: 'markerSetFile', label: 'Marker sets', isFolder: false },
  { part: 'panelFile', label: 'Channel names', isFolder: false },
] as const;

export type DatasetPart = (typeof datasetParts)[number]['part'];

/** What a row of a cell table says about its cell. */
export const cellRoles = ['fov', 'label', 'x', 'y'] as const;

export type CellRole = (typeof cellRoles)[number];

/** What the centroids of a cell table may be in. */
export const centroidUnits = ['px', 'um'] as const;

export type CentroidUnit = (typeof centroidUnits)[number];

/** What people call them. */
export const centroidUnitText: Readonly<Record<CentroidUnit, string>> = { px: 'pixels', um: 'µm' };
