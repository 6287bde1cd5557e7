import { type Data, markerSetName } from './data';
import { fovData, type FovOptions, storages } from './fovData';
import { slideData } from './slideData';

/** One kind of work, done by the command line and, some of it, by the Python loop. */
export interface Work {
  readonly name: string;
  readonly title: string;
  /** What the figures are per. */
  readonly item: string;
  /** Absent: the command needs none, and writes nothing. */
  readonly data?: Data;
  /** The command line's command and flags, without the dataset and where files go. */
  readonly command: readonly string[];
  /** What the loop is asked for; of each FOV, cells up to this label. Absent: it does not do this. */
  readonly loop?: { readonly mode: 'full' | 'cells' | 'rois'; readonly maxLabel: number };
  /** Whether decoding, encoding and writing are measured by themselves, too, and the steps of making an item. */
  readonly split?: true;
  /** Done in place of the command by a build's library, warm and several times: previews of 1024 px. See `previews.mjs`. */
  readonly preview?: 'exact' | 'draft' | 'contrast';
  /** Whether blocks are counted that are decoded, and those that are needed. */
  readonly blocks?: true;
  /** Done only if asked for by name. */
  readonly heavy?: true;
}

const look = ['--marker-set', markerSetName, '--mask', 'whole_cell', '--pixel-size', '0.5'];
const plainLook = ['--channel', 'DAPI=blue:5:500', '--mask', 'whole_cell', '--pixel-size', '0.5'];

const sizes = {
  full: {
    fovs: { fovs: 10, sidePx: 2048, cellsPerFov: 1200, rois: 50 },
    cells: 5000,
    manyCells: [1000, 10_000, 100_000],
    pictures: 1000,
    tableRows: 1_000_000,
    slide: { sidePx: 8192, cells: 100, manyCells: 10_000 },
    largeSlidePx: 12_288,
    field: { fieldPx: 2048, cellsPerField: 1200 },
  },
  quick: {
    fovs: { fovs: 2, sidePx: 1024, cellsPerFov: 300, rois: 10 },
    cells: 100,
    manyCells: [10, 100, 1000],
    pictures: 10,
    tableRows: 10_000,
    slide: { sidePx: 2048, cells: 10, manyCells: 100 },
    largeSlidePx: 2048,
    field: { fieldPx: 1024, cellsPerField: 300 },
  },
};

/**
 * All works, of the sizes that figures are compared at, or of little data, to see that all works.
 * FOVs have outlines and a scale bar; crops of cells and ROIs, too.
 */
export function makeWorks(size: keyof typeof sizes): Work[] {
  const { fovs, cells, manyCells, pictures, tableRows, slide, largeSlidePx, field } = sizes[size];
  const onFovs = storages.flatMap((storage) => worksOnFovs({ ...fovs, storage }, cells));
  const steady = { ...fovs, fovs: 4 * fovs.fovs, storage: 'none' } as const;
  // Ten FOVs of small cells, and as many names for them as the table needs rows.
  const most = manyCells.at(-1)!;
  const small = { fovs: 10, sidePx: 1024, cellsPerFov: most / 10, rois: 1, storage: 'none' } as const;
  const crowded = fovData(small);
  const large = fovData({ ...small, fovs: (tableRows / most) * 10 });
  const slideOf = (sidePx: number, channels: number, pyramid?: 'tiff' | 'zarr'): Data =>
    slideData({ sidePx, channels, roiPx: 256, ...field, ...(pyramid && { pyramid }) });
  const slideTitle = `${slide.sidePx}² × 3 in Deflate tiles`;
  return [
    ...onFovs,
    {
      name: 'fovs-steady',
      title: `${steady.fovs} FOVs ${steady.sidePx}² × 6: the start of processes does not count`,
      item: 'FOV',
      data: fovData(steady),
      command: ['fovs', ...look],
      loop: { mode: 'full', maxLabel: 1 },
      heavy: true,
    },
    {
      name: 'slide-roi',
      title: `one ROI of 256 px of a slide, ${slideTitle}`,
      item: 'ROI',
      data: slideOf(slide.sidePx, 3),
      command: ['rois', ...look],
    },
    {
      name: 'slide-cells',
      title: `${slide.cells} cells of 100 px of a slide, ${slideTitle}`,
      item: 'cell',
      data: slideOf(slide.sidePx, 3),
      command: ['cells', ...look, '--size', '100px', '--sample', String(slide.cells)],
    },
    {
      name: 'slide-many',
      title: `${slide.manyCells} cells of 100 px of a slide, ${slideTitle}`,
      item: 'cell',
      data: slideOf(slide.sidePx, 3),
      command: ['cells', ...look, '--size', '100px', '--sample', String(slide.manyCells)],
      ...{ blocks: true, heavy: true },
    },
    ...(['tiff', 'zarr'] as const).flatMap((pyramid) => {
      const pyramidTitle = `preview of a slide at 1024 px, ${slide.sidePx}² × 3 in a pyramid (${pyramid}), outlines, warm`;
      const data = slideOf(slide.sidePx, 3, pyramid);
      return (['exact', 'draft'] as const).map((preview) => ({
        name: `${preview === 'draft' ? 'draft' : 'preview'}-${pyramid}`,
        title: `${preview} ${pyramidTitle}`,
        ...{ item: 'preview', data, command: [], preview },
      }));
    }),
    {
      name: 'repaint',
      title: `a preview with other contrast limits at 1024 px, FOV ${fovs.sidePx}² × 6, outlines, warm; its step draw has no outlines`,
      ...{ item: 'preview', data: fovData({ ...fovs, storage: 'none' }), command: [], preview: 'contrast' },
    },
    {
      name: 'slide-fov',
      title: `a whole slide, ${largeSlidePx}² × 4 in Deflate tiles, within 600 MiB`,
      item: 'slide',
      data: slideOf(largeSlidePx, 4),
      command: ['fovs', ...look, '--memory', '600MiB'],
      heavy: true,
    },
    ...manyCells.map((count) => ({
      name: `many-${count}`,
      title: `${count} cells of 32 px, one channel`,
      item: 'cell',
      data: crowded,
      command: ['cells', ...plainLook, '--size', '32px', '--where', `label <= ${count / 10}`],
      ...(count === most && { heavy: true as const }),
    })),
    {
      name: 'gallery',
      title: `a gallery of ${pictures} cells of 64 px`,
      item: 'cell',
      data: crowded,
      command: [
        'cells',
        ...plainLook,
        ...['--size', '64px', '--where', `label <= ${pictures / 10}`, '--gallery', '10x8'],
      ],
    },
    {
      name: 'table',
      title: `20 cells that a filter finds among ${tableRows} rows`,
      item: 'cell',
      data: large,
      command: ['cells', ...plainLook, '--where', 'fov in ["FOV_003", "FOV_007"] and label <= 10'],
    },
    { name: 'start-version', title: 'start: --version', item: 'start', command: ['--version'] },
    {
      name: 'start-job',
      title: 'start: a job of one FOV 64² × 6 with two workers',
      item: 'job',
      data: fovData({ fovs: 1, sidePx: 64, cellsPerFov: 4, rois: 1, storage: 'none' }),
      command: ['fovs', ...look, '--jobs', '2'],
    },
  ];
}

/** What a lab's own script does, too. Of compressed images, cells and ROIs only if asked for: FOVs show what that costs. */
function worksOnFovs(options: FovOptions, cellCount: number): Work[] {
  const { fovs, sidePx, rois, storage } = options;
  const maxLabel = Math.ceil(cellCount / fovs);
  const data = fovData(options);
  const [ending, images] =
    storage === 'none' ? ['', `${sidePx}² × 6`] : [`-${storage}`, `${sidePx}² × 6, ${storage} with predictor 2`];
  const rare = ending === '' ? {} : ({ heavy: true } as const);
  return [
    {
      name: `fovs${ending}`,
      title: `${fovs} FOVs ${images}`,
      item: 'FOV',
      data,
      command: ['fovs', ...look],
      loop: { mode: 'full', maxLabel },
      split: true,
    },
    {
      name: `cells${ending}`,
      title: `${maxLabel * fovs} cells of 100 px of FOVs ${images}`,
      item: 'cell',
      data,
      command: ['cells', ...look, '--size', '100px', '--where', `label <= ${maxLabel}`],
      loop: { mode: 'cells', maxLabel },
      split: true,
      ...rare,
    },
    {
      name: `rois${ending}`,
      title: `${rois} ROIs of FOVs ${images}`,
      item: 'ROI',
      data,
      command: ['rois', ...look],
      loop: { mode: 'rois', maxLabel },
      split: true,
      ...rare,
    },
  ];
}

/**
 * The works that are asked for: each name is that of a work, or what the names of several begin with (`start`). Fails with
 * what there is, if a name is neither.
 * @param names empty: all that are not heavy
 */
export function chooseWorks(works: readonly Work[], names: readonly string[]): Work[] {
  if (names.length === 0) return works.filter(({ heavy }) => !heavy);
  const chosen = new Set(
    names.flatMap((name) => {
      const exact = works.filter((work) => work.name === name);
      const found = exact.length > 0 ? exact : works.filter((work) => work.name.startsWith(`${name}-`));
      if (found.length > 0) return found;
      throw new Error(`expected works among ${works.map((work) => work.name).join(', ')}, found ${name}`);
    }),
  );
  return works.filter((work) => chosen.has(work));
}
