/** What pictures are made of: whole FOVs, cells of the cell table, regions of interest. */
export const modes = ['fovs', 'cells', 'rois'] as const;

export type Mode = (typeof modes)[number];

/** What a mode is called where people choose it. */
export const modeTitles: Readonly<Record<Mode, string>> = { fovs: 'Full FOV', cells: 'Single Cells', rois: 'ROIs' };

/** What one item of a mode is called. */
export const itemNouns: Readonly<Record<Mode, string>> = { fovs: 'FOV', cells: 'cell', rois: 'ROI' };
