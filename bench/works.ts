import { markerSetName } from './makeData';

/** One kind of work, done by the command line and by the Python loop. */
export interface Work {
  readonly name: string;
  /** What the figures are per. */
  readonly item: string;
  /** The loop's name for it. */
  readonly loopMode: 'full' | 'cells' | 'rois';
  /** Of each FOV, cells up to this label. */
  readonly maxLabel: number;
  readonly flags: readonly string[];
}

const look = ['--marker-set', markerSetName, '--mask', 'whole_cell', '--pixel-size', '0.5'];

/** FOVs with outlines and scale bar, crops of cells, and ROIs, as the command line and the loop are asked for them. */
export function makeWorks(fovs: number, cells: number, rois: number): Work[] {
  const maxLabel = Math.ceil(cells / fovs);
  return [
    { name: `${fovs} FOVs`, item: 'FOV', loopMode: 'full', maxLabel, flags: look },
    {
      name: `${maxLabel * fovs} cells of 100 px`,
      item: 'cell',
      loopMode: 'cells',
      maxLabel,
      flags: [...look, '--size', '100px', '--where', `label <= ${maxLabel}`],
    },
    { name: `${rois} ROIs`, item: 'ROI', loopMode: 'rois', maxLabel, flags: look },
  ];
}

/** The command line's parameters for a work, without `node`. */
export function cliParameters(
  cli: string,
  { loopMode, flags }: Work,
  data: string,
  out: string,
  more: readonly string[],
): string[] {
  const command = loopMode === 'full' ? 'fovs' : loopMode;
  return [cli, command, data, ...flags, ...more, '--out', out, '--json'];
}
