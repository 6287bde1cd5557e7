import {
  type CellSelection,
  type Dataset,
  ExportError,
  isLess,
  numberRanges,
  parsePixelsOrUm,
  parseSize,
  type PixelsOrUm,
} from '../core/index';
import { type Flag, type ParsedFlags, requireChoice, requireInteger } from './flags';

const which = 'Which cells';
const crop = 'Crops';

/** The flags of single cells: which ones, and what is cut out around each. */
export const cellFlags: readonly Flag[] = [
  {
    name: 'where',
    value: 'EXPR',
    group: which,
    help: 'filter over the cell table: == != < <= > >= in not in and or not ( ) is null, `odd names`, "texts"',
    default: 'all cells',
  },
  { name: 'labels', value: 'FOV:1,2,3', group: which, repeatable: true, help: 'only these cells', default: 'all' },
  {
    name: 'map',
    value: 'ID',
    group: which,
    repeatable: true,
    help: 'only cells of these stitched slides, cut out across the seams of their FOVs',
    default: 'all, each cut out of its FOV',
  },
  {
    name: 'sample',
    value: 'N',
    group: which,
    help: 'so many cells at random; of each stratum with --per',
    default: 'all',
  },
  { name: 'seed', value: 'S', group: which, help: 'another random sample', default: '0' },
  { name: 'per', value: 'COLUMN,…', group: which, help: 'strata of the sample' },
  { name: 'sample-range', value: 'COLUMN', group: which, help: 'N each of the low, middle and high third of a column' },
  { name: 'size', value: '128px|50um', group: crop, help: 'width and height in full resolution', default: '128px' },
  { name: 'fit', value: 'mask', group: crop, help: "the box around the cell's mask in place of --size" },
  { name: 'padding', value: '8px|4um', group: crop, help: 'around the box of --fit mask', default: '8px' },
  { name: 'min-size', value: '32px|20um', group: crop, help: 'least side of --fit mask' },
  { name: 'max-size', value: '256px|100um', group: crop, help: 'greatest side of --fit mask; larger cells are cut' },
  {
    name: 'center',
    value: 'table|mask',
    group: crop,
    help: "centre crops on the table's centroids or the masks'",
    default: 'table, if it has centroids',
  },
  {
    name: 'edge',
    value: 'pad|shift|skip',
    group: crop,
    help: 'crops beyond the image: black there, moved inside, or no picture',
    default: 'pad',
  },
  { name: 'isolate', group: crop, help: 'pixels of other cells are black' },
  { name: 'only-labels', value: 'focal', group: crop, help: "draw the crop's own cell of the cell mask only" },
  { name: 'focal-color', value: 'COLOR', group: crop, help: "colour of the crop's own cell in the cell mask" },
];

/** What the flags say of single cells. `Usage` says what is wrong with them. */
export function readCellSelection(flags: ParsedFlags, dataset: Dataset): CellSelection {
  const where = flags.text('where');
  const only = flags.text('only-labels');
  if (only !== undefined) requireChoice(only, '--only-labels', ['focal']);
  const slides = flags.texts('map');
  const hasCenters = dataset.cellTable?.roles.x !== undefined && dataset.cellTable.roles.y !== undefined;
  return {
    ...(where !== undefined && { where }),
    labels: flags.texts('labels').map(parseLabels),
    ...(slides.length > 0 && { slides }),
    ...readSample(flags),
    crop: readCrop(flags),
    center: requireChoice(flags.text('center') ?? (hasCenters ? 'table' : 'mask'), '--center', ['table', 'mask']),
    edge: requireChoice(flags.text('edge') ?? 'pad', '--edge', ['pad', 'shift', 'skip']),
    isolate: flags.on('isolate'),
    onlyFocal: only !== undefined,
  };
}

/** The last colon ends the FOV's name. */
function parseLabels(text: string): CellSelection['labels'][number] {
  const [, fov, list] = /^(.+):([^:]+)$/s.exec(text) ?? [];
  const labels = list?.split(',').map((label) => (/^\s*\d+\s*$/.test(label) ? Number(label) : 0)) ?? [];
  if (fov !== undefined && labels.length > 0 && labels.every((label) => label >= 1)) return { fov, labels };
  throw new ExportError('Usage', `Expected --labels FOV:1,2,3 with whole numbers above 0, but found "${text}".`);
}

function readSample(flags: ParsedFlags): Pick<CellSelection, 'sample'> {
  const count = flags.text('sample');
  const range = flags.text('sample-range');
  if (count === undefined) {
    const stray = ['seed', 'per', 'sample-range'].find((name) => flags.text(name) !== undefined);
    if (stray === undefined) return {};
    throw new ExportError('Usage', `Expected --sample N with --${stray}, but found none.`);
  }
  return {
    sample: {
      count: requireInteger(count, '--sample', numberRanges.sampleSize),
      seed: requireInteger(flags.text('seed') ?? '0', '--seed', numberRanges.seed),
      per: readStrata(flags.text('per')),
      ...(range !== undefined && { range }),
    },
  };
}

function readStrata(text: string | undefined): readonly string[] {
  const columns = text?.split(',').map((name) => name.trim()) ?? [];
  if (!columns.includes('')) return columns;
  throw new ExportError('Usage', `Expected columns with commas between for --per, but found "${text}".`);
}

function readCrop(flags: ParsedFlags): CellSelection['crop'] {
  const length = (name: string): PixelsOrUm | undefined => {
    const text = flags.text(name);
    if (text === undefined) return undefined;
    const found = name === 'padding' ? parsePixelsOrUm(text) : parseSize(text);
    if (found) return found;
    throw new ExportError(
      'Usage',
      `Expected whole pixels such as 128px, or a length such as 50um, for --${name}, but found "${text}".`,
    );
  };
  const fit = flags.text('fit');
  if (fit === undefined) {
    const stray = ['padding', 'min-size', 'max-size'].find((name) => flags.text(name) !== undefined);
    if (stray !== undefined) throw new ExportError('Usage', `Expected --fit mask with --${stray}, but found none.`);
    return { size: length('size') ?? { px: 128 } };
  }
  requireChoice(fit, '--fit', ['mask']);
  if (flags.text('size') !== undefined) {
    throw new ExportError('Usage', 'Expected --size or --fit mask, but found both.');
  }
  const [min, max] = [length('min-size'), length('max-size')];
  if (isLess(max, min)) {
    throw new ExportError(
      'Usage',
      `Expected a --max-size that is not less than --min-size, but found ${flags.text('max-size')} and ${flags.text('min-size')}.`,
    );
  }
  return { padding: length('padding') ?? { px: 8 }, ...(min && { min }), ...(max && { max }) };
}
