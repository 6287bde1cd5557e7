import path from 'node:path';
import {
  type AnnotationLayer,
  type ColorBy,
  chooseMarkerSet,
  colorMapNames,
  type Dataset,
  defaultOtherColor,
  ExportError,
  formats,
  type MaskLayer,
  nameTokens,
  numberRanges,
  type Palette,
  paletteColors,
  parseRecipe,
  readPaletteFile,
  type Recipe,
  requireColor,
} from '../core/index';
import { readCellSelection } from './cellFlags';
import { flagOfField } from './flagNames';
import { type Flag, type ParsedFlags, requireChoice, requireInteger, requireNumber } from './flags';
import { galleryFlags, readGalleryFlags } from './galleryFlags';
import { markFlags, printFlags, readMarks } from './markFlags';
import { parseAnnotation } from './parseAnnotation';
import { parseChannel, parseLimit, requireAscending } from './parseChannel';
import { parseMask } from './parseMask';
import { readRoiSelection } from './roiFlags';

const what = 'What';
const channels = 'Channels';
const overlays = 'Masks and annotations';
const picture = 'Picture';

/** Of the recipe; said beside the parts of the dataset that it is about. */
export const allowMismatchFlag: Flag = {
  name: 'allow-mismatch',
  group: 'Dataset',
  help: 'go on where the cell table clearly is not about the mask that is used with it; the manifest says so',
};

/** The flags that say what a picture looks like. */
export const lookFlags: readonly Flag[] = [
  {
    name: 'fov',
    value: 'NAME',
    group: what,
    repeatable: true,
    help: 'FOVs by name or glob: * ? [abc] [!abc] {a,b}',
    default: 'all',
  },
  {
    name: 'marker-set',
    value: 'NAME',
    group: channels,
    help: 'a saved marker set',
    default: 'the only one there is',
  },
  {
    name: 'channel',
    value: 'NAME=COLOR:LOW:HIGH',
    group: channels,
    repeatable: true,
    help: 'channels in place of a marker set; LOW and HIGH in image units, or percentiles such as p99.8',
  },
  {
    name: 'contrast-scope',
    value: 'batch|fov',
    group: channels,
    help: 'percentiles over all selected FOVs together, or for each',
    default: 'batch',
  },
  { name: 'separate-channels', group: channels, help: 'one file for each channel, in its colour' },
  { name: 'merge-same-color', group: channels, help: 'one file for each colour: channels of one colour together' },
  { name: 'grayscale', group: channels, help: 'separate channels in white' },
  {
    name: 'mask',
    value: 'NAME[,mode=outline|fill][,color=COLOR|by:COLUMN][,alpha=A][,width=Npx|Npt]',
    group: overlays,
    repeatable: true,
    help: 'draw the cells of a label mask; by:COLUMN colours them by the cell table',
    default: 'outline, white, 1, 1px',
  },
  {
    name: 'mask-palette',
    value: 'NAME|FILE',
    group: overlays,
    help: 'class colours for by:COLUMN',
    default: 'automatic',
  },
  {
    name: 'color-map',
    value: colorMapNames.join('|'),
    group: overlays,
    help: 'colours for the numbers of by:COLUMN',
    default: 'viridis where the column holds measurements',
  },
  {
    name: 'color-range',
    value: 'LOW:HIGH',
    group: overlays,
    help: "ends of the colour map, in the column's units or percentiles such as p1:p99",
    default: 'its least and greatest value',
  },
  { name: 'arcsinh', value: 'COFACTOR', group: overlays, help: 'arcsinh(value / COFACTOR) before the colour map' },
  {
    name: 'annotation',
    value: 'NAME[,alpha=A][,background=on]',
    group: overlays,
    help: 'paint the classes of an annotation; class 0 only with background=on',
    default: 'alpha 0.5',
  },
  {
    name: 'annotation-palette',
    value: 'NAME|FILE',
    group: overlays,
    help: 'class colours and names of the annotation',
    default: 'the only one saved for it, else automatic',
  },
  { name: 'masks-only', group: overlays, help: 'masks and annotation on black, no channels' },
  { name: 'downsample', value: 'N', group: picture, help: 'full-resolution pixels per output pixel', default: '1' },
  {
    name: 'resample',
    value: 'mean|nearest',
    group: picture,
    help: 'how intensities are downsampled; labels are always nearest',
    default: 'mean',
  },
  ...markFlags,
];

/** The flags that say into which files pictures go. */
export const fileFlags: readonly Flag[] = [
  {
    name: 'format',
    value: formats.join('|'),
    group: 'Where it goes',
    repeatable: true,
    help: 'several make several files; ome-tiff holds the unrendered channels',
    default: 'png',
  },
  {
    name: 'name',
    value: 'PATTERN',
    group: 'Where it goes',
    help: `names of files, before their endings: ${nameTokens.map((name) => `{${name}}`).join(' ')}, and in cells any column of the cell table`,
    default: '{fov}, {fov}_cell_{label} or {fov}_roi_{roi}, then _{channel} for separate channels',
  },
  ...printFlags,
  ...galleryFlags,
];

/** Whether files of the same name may be replaced. */
export const overwriteFlag: Flag = {
  name: 'overwrite',
  value: 'never|changed|always',
  group: 'Where it goes',
  help: 'whether pictures of the same name may be replaced; changed: only what would come out differently is made',
  default: 'never',
};

/** The recipe that the flags describe. `Usage` or `RecipeInvalid` says what is wrong with them. */
export async function readRecipe(mode: Recipe['mode'], flags: ParsedFlags, dataset: Dataset): Promise<Recipe> {
  const given = flags.texts('channel').map(parseChannel);
  if (given.length > 0 && flags.text('marker-set') !== undefined) {
    throw new ExportError(
      'Usage',
      'Expected --marker-set or --channel, but found both; channels stand in place of a marker set.',
    );
  }
  const masksOnly = flags.on('masks-only');
  const separate = flags.on('merge-same-color') ? 'colors' : flags.on('separate-channels') ? 'channels' : 'off';
  const fail = (message: string): never => {
    throw new ExportError('Usage', message);
  };
  if (masksOnly && given.length > 0) fail('Expected --masks-only or --channel, but found both.');
  if (masksOnly && separate !== 'off') fail('Expected --masks-only or separate channels, but found both.');
  if (masksOnly && flags.texts('mask').length === 0 && flags.text('annotation') === undefined) {
    fail('Expected a mask or an annotation with --masks-only (--mask NAME, --annotation NAME), but found neither.');
  }
  if (flags.on('grayscale') && separate === 'off') {
    fail('Expected --separate-channels with --grayscale, which is for separate channels.');
  }
  const needsSet = given.length === 0 && (!masksOnly || flags.text('marker-set') !== undefined);
  const markerSet = needsSet ? chooseMarkerSet(dataset, flags.text('marker-set')) : undefined;
  const annotation = await readAnnotation(flags, dataset);
  const pixelSize = flags.text('pixel-size');
  const dpi = flags.text('dpi');
  const name = flags.text('name');
  const colorBy = await readColorBy(flags, dataset);
  const colorFlag = colorByFlags.find((name) => flags.text(name) !== undefined);
  const focal = flags.text('focal-color');
  const cellMask = dataset.cellTable?.maskName;
  const masks = flags.texts('mask').map((text): MaskLayer => {
    const layer = parseMask(text, colorBy);
    if (focal === undefined || layer.name !== cellMask) return layer;
    return { ...layer, focalColor: requireColor(focal, '--focal-color') };
  });
  if (focal !== undefined && !masks.some(({ name }) => name === cellMask)) {
    fail(`Expected --mask ${cellMask ?? 'NAME'} with --focal-color, which is for the cell mask, but found none.`);
  }
  if (colorFlag !== undefined && masks.every(({ color }) => typeof color === 'string')) {
    throw new ExportError('Usage', `Expected --mask NAME,color=by:COLUMN with --${colorFlag}, but found none.`);
  }
  const named = flags.texts('format');
  const gallery = readGalleryFlags(flags);
  const recipe = {
    version: 1,
    mode,
    ...(mode === 'cells' && { cells: readCellSelection(flags, dataset) }),
    ...(mode === 'rois' && { rois: readRoiSelection(flags) }),
    fovs: [...flags.texts('fov')],
    ...(markerSet && { markerSet: markerSet.name }),
    channels: markerSet?.channels ?? given,
    contrastScope: requireChoice(flags.text('contrast-scope') ?? 'batch', '--contrast-scope', ['batch', 'fov']),
    masks,
    ...(annotation && { annotation }),
    masksOnly,
    separate,
    grayscale: flags.on('grayscale'),
    downsample: requireInteger(flags.text('downsample') ?? '1', '--downsample', numberRanges.downsample),
    resample: requireChoice(flags.text('resample') ?? 'mean', '--resample', ['mean', 'nearest']),
    ...readMarks(flags),
    ...(pixelSize !== undefined && {
      pixelSizeUm: requireNumber(pixelSize, '--pixel-size', 'µm', numberRanges.pixelSizeUm),
    }),
    formats: [...new Set(named.length > 0 ? named : ['png'])].map((text) => requireChoice(text, '--format', formats)),
    ...(name !== undefined && { name }),
    ...(dpi !== undefined && { dpi: requireInteger(dpi, '--dpi', numberRanges.dpi) }),
    ...(gallery && { gallery }),
    overwrite: requireChoice(flags.text('overwrite') ?? 'never', '--overwrite', ['never', 'changed', 'always']),
    ...(flags.on('allow-mismatch') && { allowMismatch: true }),
  };
  return parseRecipe(recipe, flagOfField);
}

async function readAnnotation(flags: ParsedFlags, dataset: Dataset): Promise<AnnotationLayer | undefined> {
  const text = flags.text('annotation');
  const palette = await findPalette(flags, dataset, 'annotation');
  if (text === undefined) {
    if (!palette) return undefined;
    throw new ExportError('Usage', 'Expected --annotation NAME with --annotation-palette, but found none.');
  }
  const layer = parseAnnotation(text);
  if (!palette) return layer;
  const { colors, names, otherColor = layer.otherColor } = palette;
  return { ...layer, colors, ...(names && { names }), otherColor };
}

/** What is said of masks that are coloured by a column, whichever column that is. */
const colorByFlags = ['mask-palette', 'color-map', 'color-range', 'arcsinh'];

async function readColorBy(flags: ParsedFlags, dataset: Dataset): Promise<Omit<ColorBy, 'column'>> {
  const palette = await findPalette(flags, dataset, 'mask');
  const colorMap = flags.text('color-map');
  const range = flags.text('color-range');
  const arcsinh = flags.text('arcsinh');
  const forNumbers = [colorMap, range, arcsinh].some((text) => text !== undefined);
  if (palette && forNumbers) {
    throw new ExportError(
      'Usage',
      'Expected --mask-palette for classes, or --color-map, --color-range and --arcsinh for numbers, but found both.',
    );
  }
  return {
    otherColor: defaultOtherColor,
    ...(palette && paletteColors(palette)),
    // A range or a cofactor is about numbers, so the column is taken for numbers.
    ...(forNumbers && { colorMap: requireChoice(colorMap ?? 'viridis', '--color-map', colorMapNames) }),
    ...(range !== undefined && { range: parseRange(range) }),
    ...(arcsinh !== undefined && {
      arcsinhCofactor: requireNumber(arcsinh, '--arcsinh', 'column units', numberRanges.arcsinhCofactor),
    }),
  };
}

function parseRange(text: string): NonNullable<ColorBy['range']> {
  const [low, high, ...others] = text.split(':');
  if (low !== undefined && high !== undefined && others.length === 0) {
    return requireAscending(parseLimit(low, '--color-range'), parseLimit(high, '--color-range'), '--color-range');
  }
  throw new ExportError('Usage', `Expected --color-range LOW:HIGH, such as 0:100 or p1:p99, but found "${text}".`);
}

/** A saved palette by its name, else the file of this name. */
async function findPalette(flags: ParsedFlags, dataset: Dataset, kind: Palette['kind']): Promise<Palette | undefined> {
  const name = flags.text(`${kind}-palette`);
  if (name === undefined) return undefined;
  const saved = dataset.palettes.find((palette) => palette.kind === kind && palette.name === name);
  return saved ?? readPaletteFile(path.resolve(name), kind);
}
